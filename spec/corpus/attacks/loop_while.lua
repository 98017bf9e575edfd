-- expect: stopped time
while true do end
