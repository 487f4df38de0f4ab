local n = tonumber(arg[1]) or 100000

local function build(n)
  local lines = {}
  for i = 0, n - 1 do lines[#lines + 1] = "line " .. i .. "\n" end
  return table.concat(lines)
end

local started = os.clock()
local text = build(n)
local seconds = os.clock() - started

local words = 0
for _ in text:gmatch("%S+") do words = words + 1 end
print("answer=" .. #text .. " " .. words)
print("seconds=" .. seconds)
