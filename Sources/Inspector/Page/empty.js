// What the right pane says when it has no exchange to show.

import { copy, drawing, element, toast } from "./dom.js";

const waiting = () => drawing("M6 24h8l4-12 8 24 5-16 3 4h8");

export function nothingSelected() {
    return element(
        "div", { class: "empty" },
        drawing("M8 12h32M8 22h32M8 32h18", "m30 30 4 10 2.5-4L41 33z"),
        element("h2", { text: "Select a request" }),
        element("p", { text: "Its headers, bodies and timing appear here. Use the arrow keys in the list, and / to search." }),
    );
}

/** Says what to do, with the address of the first endpoint that serves. */
export function waitingForRequests(agent) {
    const endpoint = agent?.endpoints?.find(({ state, url }) => state === "serving" && /^https?:/.test(url ?? ""));
    const command = endpoint ? `curl ${endpoint.url}` : "osm-agent http 3000";
    return element(
        "div", { class: "empty" },
        waiting(),
        element("h2", { text: endpoint ? "Waiting for the first request" : "No endpoint is serving yet" }),
        element("p", {
            text: endpoint
                ? "Whatever visits the public address appears here as it happens. Open it in a browser, or try:"
                : "An endpoint makes something on this machine reachable. Open one with:",
        }),
        commandLine(command),
    );
}

export function signIn() {
    return element(
        "div", { class: "empty" },
        drawing("M14 22v-6a10 10 0 0 1 20 0v6", "M10 22h28v18H10z", "M24 29v5"),
        element("h2", { text: "Open the link the agent printed" }),
        element("p", { text: "It carries a token that is new each time the agent starts, so that no other page and no other person on this machine can look in. You find it in the terminal where the agent runs." }),
    );
}

/** Text for a person to copy by hand, where the browser will not do it. */
export function textToCopy(text) {
    return element(
        "div", { class: "empty" },
        element("h2", { text: "Copy this" }),
        element("textarea", { rows: 12, cols: 80, readonly: true, "aria-label": "The command", text }),
    );
}

function commandLine(command) {
    return element(
        "div", { class: "command" },
        element("code", { text: command }),
        element("button", { type: "button", text: "Copy", onclick: async () => toast((await copy(command)) ? "Copied" : "Not copied: the browser does not allow it") }),
    );
}
