local n = tonumber(arg[1]) or 32

local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end

local started = os.clock()
local result = fib(n)
local seconds = os.clock() - started

print("answer=" .. result)
print("seconds=" .. seconds)
