// Where the time went, hop by hop.

import { element } from "./dom.js";
import { duration } from "./format.js";

/** The hops of an exchange whose beginning and end are both known, in the order they happen. */
function hops(timing) {
    const received = timing.tunnel_received;
    const sent = earliest(timing.request_sent, timing.response_head) ?? timing.origin_connected;
    return [
        { hop: "edge", name: "Edge to agent", note: "through the tunnel", from: timing.edge_received, to: received },
        { hop: "edge", name: "Request body", note: "visitor to agent", from: received, to: timing.request_received },
        { hop: "agent", name: "Connecting", note: "agent to origin", from: received, to: timing.origin_connected },
        { hop: "agent", name: "Sending", note: "agent to origin", from: timing.origin_connected, to: sent },
        { hop: "origin", name: "Waiting", note: "for the origin's answer", from: sent, to: timing.response_head },
        { hop: "body", name: "Response", note: "origin to visitor", from: timing.response_head, to: timing.response_end },
    ].filter(({ from, to }) => isKnown(from) && isKnown(to) && to >= from);
}

const isKnown = (moment) => moment !== null && moment !== undefined;

function earliest(...moments) {
    const known = moments.filter(isKnown);
    return known.length === moments.length ? Math.min(...known) : known[0];
}

/** Bars on one scale; null when nothing is known yet. */
export function timingBars(timing, total) {
    const lines = hops(timing);
    if (lines.length === 0) return null;
    const begin = Math.min(...lines.map(({ from }) => from));
    const end = Math.max(...lines.map(({ to }) => to), begin + 0.001);
    const share = (moment) => `${((moment - begin) / (end - begin)) * 100}%`;
    const cells = lines.flatMap((line) => {
        const fill = element("div", { class: "fill", data: { hop: line.hop } });
        fill.style.left = `min(${share(line.from)}, calc(100% - 3px))`;
        fill.style.width = share(begin + line.to - line.from);
        return [
            element("div", { class: "hop" }, line.name, element("small", { text: line.note })),
            element("div", { class: "track", role: "presentation" }, fill),
            element("div", { class: "took", text: duration(line.to - line.from) }),
        ];
    });
    if (isKnown(total)) {
        cells.push(
            element("div", { class: "total", text: "In all" }),
            element("div"),
            element("div", { class: "took total", text: duration(total - Math.min(0, begin)) }),
        );
    }
    return element("div", { class: "timing" }, cells);
}
