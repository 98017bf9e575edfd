-- expect: contained
pcall(function() table.concat = error end)
pcall(function() table.sort = error end)
pcall(function() pairs = error end)
return "contained"
