// What the page asks of the agent. The token travels in a header only: an address ends up in histories and logs.

const store = "osm-inspector-token";

/** Something that the agent, or the way to it, said no to. */
export class Refusal extends Error {
    constructor(status, text) {
        super(text);
        this.status = status;
    }
}

/** Moves the token out of the address bar; true when there is one to ask with. */
export function takeToken() {
    const address = new URL(location.href);
    const given = address.searchParams.get("token");
    if (given !== null) {
        sessionStorage.setItem(store, given);
        address.searchParams.delete("token");
        history.replaceState(null, "", address);
    }
    return sessionStorage.getItem(store) !== null;
}

async function ask(path, options = {}) {
    const headers = { authorization: `Bearer ${sessionStorage.getItem(store)}` };
    if (options.json !== undefined) headers["content-type"] = "application/json";
    let answer;
    try {
        answer = await fetch(`/api/${path}`, {
            method: options.method ?? "GET",
            headers,
            body: options.json === undefined ? undefined : JSON.stringify(options.json),
            signal: options.signal,
            credentials: "omit",
            redirect: "error",
        });
    } catch (problem) {
        if (options.signal?.aborted) throw problem;
        throw new Refusal(0, "The agent does not answer.");
    }
    if (answer.ok) return answer;
    if (answer.status === 401) sessionStorage.removeItem(store);
    throw new Refusal(answer.status, await reason(answer));
}

/** The sentence in a refusal: `{"problem": …}`, or plain text. */
async function reason(answer) {
    const text = (await answer.text()).trim();
    try {
        return JSON.parse(text).problem ?? text;
    } catch {
        return text || `The agent answered ${answer.status}.`;
    }
}

const json = async (path, options) => (await ask(path, options)).json();

/** The summaries that match, newest first. */
export const exchanges = (search) => json(`exchanges${search ? `?search=${encodeURIComponent(search)}` : ""}`);
export const exchange = (id, signal) => json(`exchanges/${id}`, { signal });
export const status = () => json("status");
export const curl = async (id) => (await ask(`exchanges/${id}/curl`)).text();
export const har = async (search) => (await ask(`har${search ? `?search=${encodeURIComponent(search)}` : ""}`)).blob();
export const clear = () => json("clear", { method: "POST" });
/** These two answer with the identifier of the new exchange: null when nothing of it has been seen. */
export const replay = (id) => json(`exchanges/${id}/replay`, { method: "POST" });
export const replayEdited = (id, edit) => json("replay", { method: "POST", json: { exchange: id, edit } });

/** Longer than the agent lets pass between two signs of life. */
const silence = 40_000;

/**
 * Follows what happens until the connection ends.
 *
 * An EventSource could not send the token in a header, hence the reading by hand.
 */
export async function follow(opened, happened) {
    const stop = new AbortController();
    let alarm = setTimeout(() => stop.abort(), silence);
    try {
        const answer = await ask("events", { signal: stop.signal });
        opened();
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = "";
        for (;;) {
            const { done, value } = await reader.read();
            if (done) return;
            clearTimeout(alarm);
            alarm = setTimeout(() => stop.abort(), silence);
            const blocks = (rest + value).split("\n\n");
            rest = blocks.pop();
            for (const block of blocks) deliver(block, happened);
        }
    } finally {
        clearTimeout(alarm);
        stop.abort();
    }
}

function deliver(block, happened) {
    let name = "message";
    const data = [];
    for (const line of block.split("\n")) {
        if (line.startsWith("event:")) name = line.slice(6).trim();
        else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
    }
    if (data.length > 0) happened(name, JSON.parse(data.join("\n")));
}
