-- expect: contained
for _, name in ipairs({ "raw", "arg", "_PROMPT", "ffi", "bit", "jit" }) do
  assert(_ENV[name] == nil, name)
end
return "contained"
