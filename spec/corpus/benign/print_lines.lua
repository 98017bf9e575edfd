print("第一行", 2, "三")
print("完成")
