-- expect: refused
os.execute("id")
