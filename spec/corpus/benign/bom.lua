return "带标记的文本"
