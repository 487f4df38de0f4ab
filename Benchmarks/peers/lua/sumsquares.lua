local n = tonumber(arg[1]) or 3000000

local function sum_of_squares(limit)
  local total = 0
  for i = 0, limit - 1 do total = total + i * i end
  return total
end

local started = os.clock()
local total = sum_of_squares(n)
local seconds = os.clock() - started

print("answer=" .. total)
print("seconds=" .. seconds)
