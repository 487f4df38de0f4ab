local n = tonumber(arg[1]) or 112272535095293

local function divisors(number)
  local found = {}
  for i = 1, math.floor(number ^ 0.5) do
    if number % i == 0 then
      found[#found + 1] = i
      if i ~= number // i then found[#found + 1] = number // i end
    end
  end
  table.sort(found)
  return found
end

local started = os.clock()
local found = divisors(n)
local seconds = os.clock() - started

print("answer=[" .. table.concat(found, ", ") .. "]")
print("seconds=" .. seconds)
