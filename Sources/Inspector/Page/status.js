// The agent itself, in the bar at the top: its endpoints and its tunnels.

import { byID, element } from "./dom.js";

/** Shows what `/api/status` answered. */
export function showStatus(agent) {
    const endpoints = agent.endpoints ?? [];
    if (hasChanged(endpoints)) byID("endpoints").replaceChildren(...endpoints.map(chip));
    const tunnels = agent.tunnels ?? [];
    const connected = tunnels.filter(({ phase }) => phase === "connected");
    byID("tunnels").hidden = tunnels.length === 0;
    byID("tunnels").textContent = tunnelText(tunnels, connected);
    byID("tunnels").title = tunnels.map(({ edge, phase, problem }) => [edge, phase, problem].filter(Boolean).join(" · ")).join("\n");
}

function chip(endpoint) {
    return element(
        "li", { class: "endpoint", data: { state: endpoint.state }, title: endpoint.problem ?? `${endpoint.name}: ${endpoint.state}` },
        element("span", { class: "dot", role: "img", "aria-label": endpoint.state }),
        address(endpoint),
        element("span", { class: "target", text: `→ ${endpoint.target}` }),
    );
}

function address(endpoint) {
    const text = endpoint.host ?? endpoint.name;
    // Only what is certainly an address to visit becomes a link.
    if (!/^https?:\/\//.test(endpoint.url ?? "")) return element("span", { text });
    return element("a", { href: endpoint.url, target: "_blank", rel: "noopener noreferrer", text });
}

function tunnelText(tunnels, connected) {
    const fastest = Math.min(...connected.map(({ round_trip_ms: time }) => time ?? Infinity));
    const time = Number.isFinite(fastest) ? ` · ${fastest < 10 ? fastest.toFixed(1) : Math.round(fastest)} ms` : "";
    const number = connected.length === tunnels.length ? `${tunnels.length}` : `${connected.length} of ${tunnels.length}`;
    return `${number} ${tunnels.length === 1 ? "tunnel" : "tunnels"}${time}`;
}

let drawn = "";

/** Leaves the page alone, and with it the focus, when nothing is different. */
function hasChanged(endpoints) {
    const text = JSON.stringify(endpoints);
    if (drawn === text) return false;
    drawn = text;
    return true;
}
