-- 移动云MAS 短信网关：正文是一段 JSON 再作 Base64，其中的 mac 是各项依次连接后的 MD5。
-- duban.conf.lua 里这样写（密钥只写出处）：
--   sms = { kind = "lua", script = "mas.lua", url = "https://网关地址/sms/norsubmit",
--           secrets = { key = "file:/etc/duban/mas.key" },
--           options = { ecName = "某某市委编办", apId = "admin", sign = "签名编码" } }
-- 要改，就把本文件复制到站点的 channels/ 里改；站点里的优先。改后用 duban check 试一遍。

-- 同样的请求再发也不会好的，是内容有误；其余拒绝是渠道的事。
local CONTENT = { InvalidMessage = true, TooManyMobiles = true }

return channel "移动云MAS" {
  request = function(message, conf)
    local o = conf.options
    local content = (message.again and "（重发）" or "") .. message.title .. "。" .. message.body
    local mobiles, serial = message.to.address, o.addSerial or ""
    local mac = md5(concat(o.ecName, o.apId, secret "key", mobiles, content, o.sign, serial))
    return {
      method = "POST",
      url = conf.url,
      headers = { ["Content-Type"] = "text/plain; charset=utf-8" },
      body = base64(json {
        ecName = o.ecName, apId = o.apId, secretKey = secret "key", mobiles = mobiles,
        content = content, sign = o.sign, addSerial = serial, mac = mac,
      }),
    }
  end,

  answer = function(reply)
    local said = reply.json
    if not said or said.success == nil then
      return { outcome = reply.status >= 500 and "transient" or "unknown", code = reply.status,
        text = reply.body }
    elseif said.success == true then
      return { outcome = "accepted", code = said.rspcod, ref = said.msgGroup }
    end
    return { outcome = CONTENT[said.rspcod] and "bad_content" or "bad_channel",
      code = said.rspcod, text = reply.body }
  end,
}
