-- wrk's side of the sales benchmark: each request is another sale of another customer, by the link's code.
-- BENCH_RUN tells the runs apart, BENCH_KEY is the API key.
local run, n = os.getenv("BENCH_RUN"), 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY")

function request()
    n = n + 1
    return wrk.format(nil, nil, nil, string.format(
        '{"external_id":"order-%s-%d","customer_external_id":"customer-%s-%d","amount":4900,"currency":"USD","code":"bench"}',
        run, n, run, n))
end

-- Times are in microseconds. `bad` counts answers from 400 on and connections that broke.
function done(summary, latency, requests)
    local e = summary.errors
    io.write(string.format(
        '\nRESULT {"answered": %d, "bad": %d, "micros": %d, "p50": %d, "p99": %d}\n',
        summary.requests, e.status + e.connect + e.read + e.write + e.timeout, summary.duration,
        latency:percentile(50), latency:percentile(99)))
end
