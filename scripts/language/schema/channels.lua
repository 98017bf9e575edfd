-- The words of a channel script: how a site speaks to a gateway nobody has documented. They are
-- a language of their own, because a procedure has no business with addresses and signatures.

return {
  { word = "channel", args = { "title" }, body = "required", root = true,
    zh = "一个网关；渠道脚本返回它", en = "one gateway; the script of a channel returns it",
    keys = {
      { "request", "function", "由消息和渠道设置给出请求 { method, url, headers, body }",
        "gives the request for a message and the channel's settings", required = true,
        shape = "函数 function(message, conf)", type = "fun(message: table, conf: table): table" },
      { "answer", "function", "由应答 { status, body, json } 给出结论 { outcome, code, text, ref, after }",
        "gives the verdict on an answer", required = true,
        shape = "函数 function(reply)", type = "fun(reply: table): table" },
    } },
  { word = "secret", args = { "words" },
    zh = "密钥，只写名字；值在信使里才填上，脚本看不到",
    en = "a secret by its name alone; only the courier puts its value in" },
  { word = "timestamp", args = { "words" },
    zh = "发送的时刻：\"s\" \"ms\" \"iso\" \"compact\"；{ \"ms\", number = true } 在 json 里是数",
    en = "when it is sent: s, ms, iso, compact; { \"ms\", number = true } is a number in json" },
  { word = "concat", args = { "value" }, zh = "依次连接各项", en = "the items, one after the other" },
  { word = "json", args = { "data" }, zh = "写成 JSON，里面可以有别的词",
    en = "as JSON, with other words inside" },
  { word = "base64", args = { "value" }, zh = "Base64 编码", en = "in base64" },
  { word = "urlencode", args = { "value" }, zh = "网址编码", en = "percent-encoded" },
  { word = "md5", args = { "value" }, zh = "MD5，小写十六进制", en = "MD5 in small hexadecimal" },
  { word = "hmac", args = {}, body = "required",
    zh = "HMAC-SHA256", en = "HMAC-SHA256",
    keys = {
      { "key", "value", "密钥", "the key", required = true },
      { "of", "value", "被签的内容", "what is signed", required = true },
      { "as", "enum", "写法", "how it is written", values = { "hex", "base64", "raw" },
        default = "hex" },
    } },
}
