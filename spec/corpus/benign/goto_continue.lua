local odd = 0
for i = 1, 10 do
  if i % 2 == 0 then goto continue end
  odd = odd + 1
  ::continue::
end
assert(odd == 5)
