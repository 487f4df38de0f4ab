local n = tonumber(arg[1]) or 2000000

local function count_primes(limit)
  local prime = {}
  for i = 1, limit do prime[i] = true end
  prime[1] = false
  local i = 2
  while i * i <= limit do
    if prime[i] then
      for j = i * i, limit, i do prime[j] = false end
    end
    i = i + 1
  end
  local count = 0
  for p = 1, limit do
    if prime[p] then count = count + 1 end
  end
  return count
end

local started = os.clock()
local count = count_primes(n)
local seconds = os.clock() - started

print("answer=" .. count)
print("seconds=" .. seconds)
