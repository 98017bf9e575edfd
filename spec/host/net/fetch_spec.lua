-- What the courier's fetching refuses and survives: forbidden addresses in every spelling, and a network that breaks at
-- every stage.
local clock = require("raw.clock")
local courier = require("spec.host.net.courier")
local process = require("raw.process")
local site = require("spec.support.site")
local support = require("spec.host.net.support")

local SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
local secret = courier.secret(SECRET .. "\n")

local function shell(script)
  local done = assert(process.run({ "sh", "-ec", script, env = { "PATH=/usr/bin:/bin" } }))
  assert(done.code == 0, done.err)
end

--- A private CA, a server's certificate from it, one of a stranger, an expired one and a client's.
local function certificates()
  local folder = site.folder()
  shell(([[
    cd '%s'
    ca() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $1.key -out $1.pem \
      -subj "/CN=$1" -days 30; }
    leaf() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $1.key -out $1.csr \
        -subj "/CN=$1"
      printf 'subjectAltName=%%s\n' "$3" > $1.ext
      openssl x509 -req -in $1.csr -CA $2.pem -CAkey $2.key -CAcreateserial -days $4 -extfile $1.ext -out $1.pem; }
    ca root; ca stranger
    leaf server root IP:127.0.0.1,DNS:localhost 30
    leaf elsewhere root DNS:gate.local 30
    leaf expired root IP:127.0.0.1 -1
    leaf client root DNS:duban 30
    chmod 600 *.key ]]):format(folder))
  return folder .. "/"
end

describe("the fetching of the courier", function()
  local fakes, other, kept, one

  setup(function()
    fakes, other = courier.fakes(), courier.fakes()
    one = courier.start()
  end)
  teardown(function()
    one:close()
    fakes:close()
    other:close()
  end)
  before_each(function()
    fakes:reset()
    other:reset()
  end)

  local function post(url, allow, more, job)
    local conf = { url = url, secret = secret, allow = allow }
    for key, value in pairs(more or {}) do
      conf[key] = value
    end
    return one:send("webhook", conf, job)
  end

  -- ---- where it may connect ----

  local SPELLINGS = { "127.0.0.1", "127.1", "127.0.1", "0x7f.0.0.1", "0x7f.1", "0x7f000001", "0X7F000001", "2130706433",
    "017700000001", "0177.0.0.1", "0177.1", "127.0x0.0.1", "127.000.000.001", "00000177.0.0.01", "127.0.0.1.", "127.1.",
    "0", "0.0.0.0", "0x0", "00", "127.127.127.127", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", "[0:0:0:0:0:ffff:7f00:0001]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[::ffff:0:127.0.0.1]", "[fe80::1]", "[fe80::1%25lo]", "localhost", "LOCALHOST", "localhost.",
    "a.localhost", "ip6-localhost", "10.0.0.1", "10.1", "0xa000001", "172.16.0.1", "192.168.1.1", "192.168.257",
    "169.254.169.254", "0xa9fea9fe", "2852039166", "169.254.43518", "[::ffff:169.254.169.254]", "[fd00:ec2::254]",
    "100.64.0.1", "100.100.100.200", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1",
    "%31%32%37.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "127.0.0.1%00.example.cn" }

  for _, host in ipairs(SPELLINGS) do
    it("makes no connection to " .. host, function()
      for _, scheme in ipairs({ "http", "https" }) do
        local outcome = post(("%s://%s:%d/hook"):format(scheme, host, fakes.ports.http))
        -- "name": nobody knows such a name, so nothing was called either.
        assert.is_truthy(({ forbidden = true, conf = true, name = true })[outcome.code], outcome.code .. outcome.text)
        assert.is_true(outcome.outcome == "bad_channel" or outcome.code == "name")
      end
      assert.equal(0, fakes:tally().connections)
    end)
  end

  for _, host in ipairs({ "127.0.0.1", "127.1", "0x7f000001", "2130706433", "localhost", "a.localhost" }) do
    it("calls " .. host .. " when the administrator lists it", function()
      local name = host:find("localhost") and host or "127.0.0.1"
      local url = ("http://%s:%d/hook"):format(host, fakes.ports.http)
      assert.equal("accepted", post(url, { name }).outcome)
      assert.equal("accepted", post(url, { "127.0.0.0/8" }).outcome)
      assert.equal("forbidden", post(url, { name .. ":1" }).code)
      assert.equal("accepted", post(url, { name .. ":" .. fakes.ports.http }).outcome)
    end)
  end

  it("does not ride on a connection that another channel was allowed to make", function()
    local url = ("http://localhost:%d/hook"):format(fakes.ports.http)
    assert.equal("accepted", post(url, { "localhost" }).outcome)
    assert.equal("forbidden", post(url).code)
    assert.equal("accepted", post(url, { "localhost" }).outcome)
    assert.same({ 1, 2 }, { fakes:tally().connections, fakes:tally().total })
  end)

  it("follows no redirect, neither to a forbidden place nor to an allowed one", function()
    local places = { other:url("/hook"), "http://169.254.169.254/", "file:///etc/passwd", fakes:url("/hook") }
    for _, place in ipairs(places) do
      fakes:fault("webhook", "answer", { status = 302, headers = "Location: " .. place .. "\r\n" })
      local outcome = post(fakes:url("/hook"), "127.0.0.1")
      assert.same({ "bad_channel", 302 }, { outcome.outcome, outcome.status })
    end
    assert.equal(0, other:tally().connections)
    assert.equal(0, fakes:tally().total)
  end)

  for _, scheme in ipairs({ "file", "ftp", "gopher", "dict", "telnet", "ldap", "smtp", "scp", "tftp", "ws" }) do
    it("speaks no " .. scheme, function()
      local outcome = post(("%s://127.0.0.1:%d/hook"):format(scheme, fakes.ports.http), "127.0.0.1")
      assert.equal("bad_channel", outcome.outcome)
      assert.equal(0, fakes:tally().connections)
    end)
  end

  it("asks no proxy, netrc or certificates of the environment", function()
    local proxy = ("http://127.0.0.1:%d"):format(other.ports.http)
    local home = site.folder()
    site.write(home .. "/.netrc", "machine 127.0.0.1 login me password netrc-word\n")
    local env = { "HOME=" .. home, "CURL_HOME=" .. home, "SSLKEYLOGFILE=" .. home .. "/keys" }
    for _, name in ipairs({ "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY" }) do
      env[#env + 1] = name .. "=" .. proxy
    end
    local steered = courier.start(env)
    local conf = { url = fakes:url("/hook"), secret = secret, allow = "127.0.0.0/8" }
    assert.equal("accepted", steered:send("webhook", conf).outcome)
    conf.url = "http://127.0.0.9:1/"
    assert.equal("connect", steered:send("webhook", conf).code)
    conf.url = "https://169.254.169.254/"
    assert.equal("forbidden", steered:send("webhook", conf).code)
    assert.is_nil(fakes:last().headers.authorization)
    assert.equal(0, other:tally().connections)
    steered:close()
  end)

  it("goes through the proxy that a channel names, which looks the name up", function()
    local proxy = ("http://127.0.0.1:%d"):format(other.ports.http)
    local outcome = post("http://gate.office.cn/hook", "gate.office.cn", { proxy = proxy })
    assert.equal("accepted", outcome.outcome)
    assert.equal("/hook", other:last().path)
    assert.equal("forbidden", post("http://gate.office.cn/hook", nil, { proxy = proxy }).code)
    assert.equal("forbidden", post("https://localhost/hook", nil, { proxy = proxy }).code)
    assert.equal("forbidden", post("https://127.0.0.1/hook", nil, { proxy = proxy }).code)
    assert.equal(1, other:tally().connections)
  end)

  -- ---- what breaks ----

  -- mode, outcome, code, how often the message arrived
  local FAULTS = {
    { "cut", "unknown", "wait", 1 },
    { "reset", "unknown", "wait", 1 },
    { "half", "unknown", "wait", 1 },
    { "junk", "unknown", "wait", 1 },
    { "huge", "unknown", "wait", 1 },
  }
  for _, case in ipairs(FAULTS) do
    it("calls an answer that ends by " .. case[1] .. " " .. case[2], function()
      fakes:fault("wecom", case[1])
      local outcome = one:send("wecom-bot", { url = fakes:url("/cgi-bin/webhook/send"), allow = "127.0.0.1",
        key = courier.secret("wecom-test-key-693axxx6") })
      assert.same({ case[2], case[3], 0 }, { outcome.outcome, outcome.code, outcome.status })
      assert.is_true(#outcome.hint > 0)
      assert.equal(case[4], fakes:tally().total)
    end)
  end

  it("sends nothing twice behind our back when a kept connection dies", function()
    local key = courier.secret("wecom-test-key-693axxx6")
    local conf = { url = fakes:url("/cgi-bin/webhook/send"), allow = "127.0.0.1", key = key }
    for _, mode in ipairs({ "cut", "reset" }) do
      fakes:reset()
      assert.equal("accepted", one:send("wecom-bot", conf).outcome)
      fakes:fault("wecom", mode)
      assert.equal("unknown", one:send("wecom-bot", conf).outcome)
      assert.same({ 2, 2 }, { fakes:tally().total, #fakes:ask({ op = "requests" }) })
    end
  end)

  it("may repeat itself at once where the receiver drops a repeat", function()
    assert.equal("accepted", post(fakes:url("/hook"), "127.0.0.1").outcome)
    fakes:fault("webhook", "cut")
    assert.equal("accepted", post(fakes:url("/hook"), "127.0.0.1", nil, { key = "again" }).outcome)
    assert.equal(2, fakes:tally().arrivals.webhook.again)
  end)

  for _, mode in ipairs({ "hang", "trickle" }) do
    it("ends at its deadline when the answer should " .. mode, function()
      fakes:fault("any", mode)
      local start = clock.steady()
      local outcome = post(fakes:url("/hook"), "127.0.0.1", nil, { deadline_ms = start + 600 })
      assert.same({ "unknown", "wait" }, { outcome.outcome, outcome.code })
      local took = clock.steady() - start
      assert.is_true(took >= 500 and took < 3000, "took " .. took)
    end)
  end

  it("takes an answer that comes late but in time", function()
    fakes:fault("any", "late", { ms = 300 })
    local outcome = post(fakes:url("/hook"), "127.0.0.1")
    assert.equal("accepted", outcome.outcome)
    assert.is_true(outcome.micros >= 300000)
  end)

  it("calls nobody listening transient", function()
    local gone = courier.fakes()
    local url = gone:url("/hook")
    gone:close()
    local outcome = post(url, "127.0.0.1")
    assert.same({ "transient", "connect", 0 }, { outcome.outcome, outcome.code, outcome.status })
  end)

  it("calls a name nobody knows transient", function()
    local outcome = post("https://nowhere.invalid/hook")
    assert.same({ "transient", "name" }, { outcome.outcome, outcome.code })
  end)

  it("reads Retry-After", function()
    fakes:fault("any", "answer", { status = 429, headers = "Retry-After: 7\r\n" })
    local outcome = post(fakes:url("/hook"), "127.0.0.1")
    assert.same({ "throttled", 7000 }, { outcome.outcome, outcome.after })
  end)

  -- ---- TLS ----

  describe("under TLS", function()
    local folder
    local servers = {}

    setup(function()
      folder = certificates()
      for _, name in ipairs({ "server", "elsewhere", "expired" }) do
        servers[name] = courier.fakes(folder .. name .. ".pem", folder .. name .. ".key")
      end
      servers.old = courier.fakes(folder .. "server.pem", folder .. "server.key", "tls1.1")
    end)
    teardown(function()
      for _, server in pairs(servers) do
        server:close()
      end
    end)

    local function try(server, more)
      return post(servers[server]:url("/hook", "https"), "127.0.0.1", more)
    end

    it("takes a server of the channel's own CA", function()
      assert.equal("accepted", try("server", { ca = folder .. "root.pem" }).outcome)
    end)

    for _, case in ipairs({ { "server", nil }, { "server", "stranger" }, { "elsewhere", "root" }, { "expired", "root" },
      { "old", "root" }, { "server", "nothing" } }) do
      it(("sends nothing to %s under %s"):format(case[1], case[2] or "the system's CAs"), function()
        local outcome = try(case[1], { ca = case[2] and folder .. case[2] .. ".pem" })
        assert.same({ "transient", "tls" }, { outcome.outcome, outcome.code }, outcome.text)
        assert.equal(0, servers[case[1]]:tally().total - (case[1] == "server" and 1 or 0))
      end)
    end

    it("shows the client certificate of the channel, whose key is a secret", function()
      local strict = courier.fakes(folder .. "server.pem", folder .. "server.key")
      strict:ask({ op = "config", client_ca = folder .. "root.pem" })
      local url = strict:url("/hook", "https")
      local with = { ca = folder .. "root.pem", cert = folder .. "client.pem",
        cert_key = "file:" .. folder .. "client.key" }
      assert.is_not.equal("accepted", post(url, "127.0.0.1", { ca = folder .. "root.pem" }).outcome)
      assert.equal("accepted", post(url, "127.0.0.1", with).outcome)
      shell("chmod 644 " .. folder .. "client.key")
      local fresh = courier.start()
      with.url, with.secret, with.allow = url, secret, "127.0.0.1"
      assert.equal("secret", fresh:send("webhook", with).code)
      fresh:close()
      strict:close()
    end)

    it("tunnels through a proxy and still verifies the server", function()
      local proxy = ("http://127.0.0.1:%d"):format(servers.server.ports.http)
      servers.server:reset()
      local outcome = post("https://localhost/hook", "localhost", { proxy = proxy, ca = folder .. "root.pem" })
      assert.equal("accepted", outcome.outcome, outcome.text)
      outcome = post("https://gate.office.cn/hook", nil, { proxy = proxy, ca = folder .. "root.pem" })
      assert.same({ "transient", "tls" }, { outcome.outcome, outcome.code })
      assert.equal(1, servers.server:tally().total)
    end)

    it("sends mail only under the TLS that was asked for", function()
      local message = support.message({ to = { name = "张三", address = "zhang@office.cn" } })
      local conf = { host = "localhost", port = servers.server.ports.smtp, from = "duban@office.cn", tls = "starttls",
        ca = folder .. "root.pem", allow = "localhost" }
      assert.equal("accepted", one:send("smtp", conf, { message = message }).outcome)
      conf.ca = nil
      assert.equal("tls", one:send("smtp", conf, { message = message }).code)
      conf.port, conf.tls, conf.ca = servers.server.ports.smtps, "implicit", folder .. "root.pem"
      assert.equal("accepted", one:send("smtp", conf, { message = message }).outcome)
      conf.port, conf.tls = fakes.ports.smtp, "starttls"
      assert.equal("tls", one:send("smtp", conf, { message = message }).code)
      conf.port, conf.tls, conf.allow = fakes.ports.smtp, "none", nil
      assert.equal("forbidden", one:send("smtp", conf, { message = message }).code)
      assert.equal(0, fakes:tally().total)
    end)
  end)

  it("has not said its secret to anybody, and ends well", function()
    process.hang_up(one.child)
    assert.equal(0, process.wait(one.child, 5000).code)
    kept = one:said()
    assert.is_nil(kept:find(SECRET, 1, true))
    assert.is_nil(kept:find("PRIVATE KEY", 1, true))
  end)
end)
