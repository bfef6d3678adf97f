-- For wrk: each request is for one name of many, at random. wrk -s spread.lua URL -- FILE, one name a line.

local requests = {}

function init(words)
    math.randomseed(1) -- the same order in every turn
    for name in io.lines(words[1]) do
        requests[#requests + 1] = wrk.format("GET", nil, { ["Host"] = name })
    end
end

function request()
    return requests[math.random(#requests)]
end
