-- expect: stopped time
while true do
  pcall(string.pack, ("!16 i1 i16"):rep(20), 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
end
