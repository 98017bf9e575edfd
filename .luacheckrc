std = "lua54"
max_line_length = 100
max_cyclomatic_complexity = 10
files["spec"] = { std = "+busted", max_cyclomatic_complexity = false }
exclude_files = { "spec/corpus", "spec/data", "scripts/meta" }
