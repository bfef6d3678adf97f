// How numbers, moments and outcomes are written.

/** `3 ms`, `1.24 s`, `2 min 5 s`; a dash when there is none. */
export function duration(milliseconds) {
    if (milliseconds === null || milliseconds === undefined) return "–";
    if (milliseconds < 1) return "<1 ms";
    if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
    if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
    if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(2)} s`;
    return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`;
}

/** `0 B`, `1.2 kB`, `3.4 MB`; a dash when it is not known. */
export function size(bytes) {
    if (bytes === null || bytes === undefined) return "–";
    if (bytes < 1000) return `${bytes} B`;
    for (const [unit, scale] of [["kB", 1e3], ["MB", 1e6]]) {
        const value = bytes / scale;
        if (value < 999.5) return `${value.toFixed(value < 9.95 ? 1 : 0)} ${unit}`;
    }
    return `${(bytes / 1e9).toFixed(1)} GB`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** The time of day, in the viewer's zone. */
export function timeOfDay(date) {
    return clock.format(date);
}

/** The time of day with milliseconds. */
export function exactTime(date) {
    return `${clock.format(date)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** What colour a status has: good, moved, refused, failed, or waiting. */
export function kind(exchange) {
    if (exchange.phase === "failed") return "failed";
    if (!exchange.status) return "waiting";
    if (exchange.status < 200) return exchange.status === 101 ? "good" : "waiting";
    if (exchange.status < 300) return "good";
    if (exchange.status < 400) return "moved";
    return exchange.status < 500 ? "refused" : "failed";
}

/** The status as a list shows it: its number, three dots while it is awaited, a cross when there will be none. */
export function statusText(exchange) {
    if (exchange.status) return String(exchange.status);
    return exchange.phase === "open" ? "···" : "✕";
}

const names = {
    100: "Continue", 101: "Switching Protocols", 200: "OK", 201: "Created", 202: "Accepted", 204: "No Content",
    206: "Partial Content", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
    307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
    404: "Not Found", 405: "Method Not Allowed", 409: "Conflict", 410: "Gone", 413: "Content Too Large",
    415: "Unsupported Media Type", 421: "Misdirected Request", 422: "Unprocessable Content", 429: "Too Many Requests",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
};

/** The usual words for a status, or nothing. */
export function statusName(status) {
    return names[status] ?? "";
}
