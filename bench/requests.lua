-- For wrk: one kind of request again and again, each with another row, and the percentiles as one line of JSON.
local kind, first, size, site, model
local number = 0

function init(args)
  kind = args[1]
  first, size, site, model = tonumber(args[2]), tonumber(args[3]), args[4], args[5]
  wrk.headers["Content-Type"] = "application/json"
end

function request()
  local row, round = first + number % size, math.floor(number / size)
  number = number + 1
  if kind == "create" then
    return wrk.format("POST", "/api/v1/assets", nil, string.format(
      '{"site_id": %s, "device_model_id": %s, "status": "in_service", "values": {"serial": "L%08d"}}', site, model, number))
  elseif kind == "update" then
    return wrk.format("PATCH", "/api/v1/assets/" .. row, nil, string.format(
      '{"expected_version": %d, "values": {"notes": "seen %d"}}', round + 1, number))
  elseif kind == "detail" then
    return wrk.format("GET", "/api/v1/assets/" .. row)
  elseif kind == "list" then
    return wrk.format("GET", "/api/v1/assets?status=in_service&sort=tag")
  end
  return wrk.format("GET", "/alive")
end

function done(summary, latency, requests)
  io.write(string.format('{"p50_ms": %f, "p95_ms": %f, "per_second": %f, "refused": %d}\n',
    latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    summary.requests / summary.duration * 1e6, summary.errors.status))
end
