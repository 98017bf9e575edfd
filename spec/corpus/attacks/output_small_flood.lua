-- expect: stopped any
while true do print("") end
