// The page: keeps what it knows of the exchanges, and shows it.

import * as api from "./api.js";
import { DetailView, mark } from "./detail.js";
import { byID, copy, download, toast } from "./dom.js";
import { openEdit, prepareEdit } from "./edit.js";
import { Exchanges } from "./exchanges.js";
import { RequestList } from "./list.js";
import { nothingSelected, signIn, textToCopy, waitingForRequests } from "./empty.js";
import { showStatus } from "./status.js";

/** What a person has chosen. */
const chosen = { id: null, search: "" };
const known = new Exchanges(() => draw());
let agent = null;
let isDrawing = false;

const detail = new DetailView(byID("detail"), {
    replay: ({ summary }) => attempt(async () => sent((await api.replay(summary.id)).id)),
    edit: openEdit,
    curl: ({ summary }) => attempt(() => copyAsCurl(summary.id)),
    open: (id) => select(id),
});
const list = new RequestList(byID("list"), byID("rows"), (id) => select(id), () => detail.focus());

/** Does something that the agent may refuse, and says why when it does. */
async function attempt(action) {
    try {
        await action();
    } catch (problem) {
        if (problem.status === 401) lock();
        else toast(problem.message);
    }
}

/** Goes to the new exchange, when the agent has seen it begin. */
function sent(id) {
    toast(id === null ? "Sent; it has not begun yet" : "Sent");
    if (id !== null) select(id);
}

async function copyAsCurl(id) {
    const command = await api.curl(id);
    if (await copy(command)) toast(command.includes(mark) ? "Copied, with secrets left out: write them in" : "Copied: a curl command for this request");
    else detail.replace(textToCopy(command));
}

// Drawing.

/** Draws once a frame, however much has happened. */
function draw() {
    if (isDrawing) return;
    isDrawing = true;
    requestAnimationFrame(() => {
        isDrawing = false;
        drawList();
        if (chosen.id === null) drawNothing();
    });
}

function drawList() {
    const items = known.shown;
    list.show(items, chosen.id);
    const total = known.total;
    byID("count").textContent = chosen.search ? `${items.length} of ${total}` : `${total} ${total === 1 ? "request" : "requests"}`;
    byID("held").hidden = known.held === 0;
    byID("held").textContent = `${known.held} ${known.held === 1 ? "change" : "changes"} while paused · Resume`;
    byID("list-empty").hidden = items.length > 0 || total === 0;
    byID("list-empty").textContent = `Nothing matches “${chosen.search}”.`;
    byID("clear").disabled = total === 0;
    byID("har").disabled = total === 0;
}

let nothing = "";

function drawNothing() {
    const what = JSON.stringify(known.total > 0 ? "select" : agent?.endpoints ?? []);
    if (what === nothing) return;
    nothing = what;
    detail.replace(known.total > 0 ? nothingSelected() : waitingForRequests(agent));
}

// Choosing.

let latest = 0;

async function select(id) {
    chosen.id = id;
    nothing = "";
    draw();
    await refresh();
}

/** Fetches what is selected again; an answer that comes too late is dropped. */
async function refresh() {
    const id = chosen.id;
    if (id === null) return;
    const turn = ++latest;
    await attempt(async () => {
        try {
            const fresh = await api.exchange(id);
            if (turn === latest && chosen.id === id) await detail.show(fresh);
        } catch (problem) {
            if (problem.status !== 404 || chosen.id !== id) throw problem;
            chosen.id = null;
            draw();
        }
    });
}

let refreshing = 0;

/** Refreshes soon, and no more often than the eye can follow. */
function refreshSoon() {
    if (refreshing) return;
    refreshing = setTimeout(() => { refreshing = 0; refresh(); }, 200);
}

let searching = 0;

function searchSoon(after = 250) {
    clearTimeout(searching);
    searching = setTimeout(() => attempt(runSearch), after);
}

async function runSearch() {
    const text = byID("search").value.trim();
    const found = text === "" ? null : (await api.exchanges(text)).exchanges.map(({ id }) => id);
    if (text !== byID("search").value.trim()) return;
    chosen.search = text;
    known.only(found);
}

// What the agent tells.

function happened(name, data) {
    switch (name) {
    case "exchange":
        known.put(data);
        if (data.id === chosen.id && !known.isPaused) refreshSoon();
        if (chosen.search !== "") searchSoon(400);
        break;
    case "kept":
        forget(data.from);
        break;
    }
}

/** Drops what the agent has dropped; what is being looked at stays until something else is chosen. */
function forget(from) {
    const wasAll = known.total > 0;
    known.keep(from);
    if (wasAll && known.total === 0) {
        chosen.id = null;
        draw();
    }
}

async function load() {
    known.expectList();
    known.replace((await api.exchanges("")).exchanges);
    if (chosen.search !== "") await runSearch();
    refreshSoon();
}

function live(state, text) {
    byID("live").dataset.state = state;
    byID("live-text").textContent = text;
}

function showLive() {
    if (known.isPaused) live("paused", "Paused");
    else live("live", "Live");
}

/** Follows the agent for as long as the page is open. */
async function follow() {
    for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
        try {
            await api.follow(async () => {
                pause = 500;
                showLive();
                await attempt(load);
            }, happened);
        } catch (problem) {
            if (problem.status === 401) return lock();
        }
        live("lost", "Agent not reachable, trying again");
        await new Promise((done) => setTimeout(done, pause));
    }
}

async function followStatus() {
    for (;;) {
        if (!document.hidden) {
            try {
                agent = await api.status();
                showStatus(agent);
                if (chosen.id === null) draw();
            } catch (problem) {
                if (problem.status === 401) return;
            }
        }
        await new Promise((done) => setTimeout(done, 4000));
    }
}

/** Without a token there is nothing to show but how to get one. */
function lock() {
    live("lost", "Not signed in");
    document.body.dataset.locked = "";
    detail.replace(signIn());
    for (const part of document.querySelectorAll(".requests button, .requests input")) part.disabled = true;
}

// Wiring.

function pause(isPaused) {
    known.pause(isPaused);
    byID("pause").setAttribute("aria-pressed", String(isPaused));
    byID("pause").textContent = isPaused ? "Resume" : "Pause";
    showLive();
    if (!isPaused) refreshSoon();
}

function wire() {
    byID("pause").addEventListener("click", () => pause(!known.isPaused));
    byID("held").addEventListener("click", () => pause(false));
    byID("clear").addEventListener("click", () => attempt(async () => forget((await api.clear()).from)));
    byID("har").addEventListener("click", () => attempt(async () => {
        download(await api.har(chosen.search), `osm-inspector-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.har`);
    }));
    byID("search").addEventListener("input", () => searchSoon());
    byID("search").addEventListener("keydown", (event) => {
        if (event.key === "Escape") { event.target.value = ""; searchSoon(0); }
        if (event.key === "ArrowDown") { event.preventDefault(); byID("list").focus(); }
    });
    document.addEventListener("keydown", (event) => {
        const isWriting = event.target.closest("input, textarea, dialog");
        if (event.key !== "/" || isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        byID("search").focus();
    });
    prepareEdit(sent);
}

wire();
if (api.takeToken()) {
    draw();
    follow();
    followStatus();
} else {
    lock();
}
