local size = tonumber(arg[1]) or 5000000

local syllables = {
  "ka", "re", "mi", "so", "tu", "na", "le", "vi", "do", "pu",
  "za", "be", "hi", "go", "lu", "fa", "ne", "ti", "wo", "ru",
}

local function vocabulary()
  local words = {}
  for i = 0, 7999 do
    local word = syllables[i % 20 + 1]
    if i >= 20 then word = word .. syllables[i // 20 % 20 + 1] end
    if i >= 400 then word = word .. syllables[i // 400 + 1] end
    words[#words + 1] = word
  end
  return words
end

local function make_text(words, size)
  local pieces = {}
  local written = 0
  local seed = 42
  while written < size do
    seed = (seed * 1103515245 + 12345) % 2147483648
    local a = seed // 65536 % 8000
    seed = (seed * 1103515245 + 12345) % 2147483648
    local b = seed // 65536 % 8000
    local word = words[a * b // 8000 + 1]
    pieces[#pieces + 1] = word
    written = written + #word + 1
  end
  return table.concat(pieces, " ")
end

local function count_words(text)
  local counts = {}
  for word in text:gmatch("%S+") do
    counts[word] = (counts[word] or 0) + 1
  end
  return counts
end

local text = make_text(vocabulary(), size)
local started = os.clock()
local counts = count_words(text)
local seconds = os.clock() - started

local distinct, squares = 0, 0
for _, times in pairs(counts) do
  distinct = distinct + 1
  squares = squares + times * times
end
print("answer=" .. #text .. " " .. distinct .. " " .. squares)
print("seconds=" .. seconds)
