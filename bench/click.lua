-- wrk's side of the click benchmark: a browser's headers, since bots are not counted,
-- and the figures as one line of JSON.
wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
wrk.headers["Accept"] = "text/html,application/xhtml+xml,*/*;q=0.8"
wrk.headers["Accept-Language"] = "en"
wrk.headers["Sec-Fetch-Mode"] = "navigate"
wrk.headers["Sec-Fetch-Dest"] = "document"
wrk.headers["Sec-Fetch-User"] = "?1"

-- Times are in microseconds. `bad` counts answers from 400 on and connections that broke.
function done(summary, latency, requests)
    local e = summary.errors
    io.write(string.format(
        '\nRESULT {"answered": %d, "bad": %d, "micros": %d, "p50": %d, "p99": %d}\n',
        summary.requests, e.status + e.connect + e.read + e.write + e.timeout, summary.duration,
        latency:percentile(50), latency:percentile(99)))
end
