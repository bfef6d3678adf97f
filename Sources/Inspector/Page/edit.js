// The dialog in which a request is changed and sent again.

import * as api from "./api.js";
import { byID } from "./dom.js";
import { size } from "./format.js";

/** What the dialog was opened with: only what differs from it is sent. */
let opened = null;

/** Wires the dialog; `sent` is called with the identifier of the new exchange. */
export function prepareEdit(sent) {
    const dialog = byID("edit");
    byID("edit-cancel").addEventListener("click", () => dialog.close());
    byID("edit-keep").addEventListener("change", (event) => { byID("edit-body").disabled = event.target.checked; });
    byID("edit-form").addEventListener("submit", async (event) => {
        event.preventDefault();
        byID("edit-send").disabled = true;
        try {
            const { id } = await api.replayEdited(opened.id, edit());
            dialog.close();
            sent(id);
        } catch (problem) {
            say(problem.message);
        } finally {
            byID("edit-send").disabled = false;
        }
    });
}

/** Opens it on one exchange. */
export function openEdit(detail) {
    const { summary, request } = detail;
    const isWritable = request.body.encoding === "text" && !request.body.truncated && !request.body.content_coding;
    opened = {
        id: summary.id,
        method: summary.method,
        path: detail.path,
        headers: request.fields.map(({ name, value }) => `${name}: ${value}`).join("\n"),
        body: isWritable ? request.body.content : null,
    };
    byID("edit-note").textContent = `A new request to ${summary.endpoint}, made from #${summary.id}. What is redacted is sent as it was recorded, as long as it is left as it stands.`;
    byID("edit-method").value = opened.method;
    byID("edit-path").value = opened.path;
    byID("edit-headers").value = opened.headers;
    byID("edit-body").value = opened.body ?? "";
    byID("edit-keep-row").hidden = isWritable;
    byID("edit-keep").checked = !isWritable;
    byID("edit-body").disabled = !isWritable;
    byID("edit-keep-text").textContent = `Send the recorded body (${size(request.body.kept)}), which cannot be edited as text`;
    say("");
    byID("edit").showModal();
}

function say(text) {
    byID("edit-problem").textContent = text;
    byID("edit-problem").hidden = text === "";
}

/** The changes, in the form that the agent takes; throws with a sentence for the person. */
function edit() {
    const changes = {};
    const method = byID("edit-method").value.trim();
    const path = byID("edit-path").value.trim();
    const headers = byID("edit-headers").value;
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method)) throw new Error("The method is one word, such as POST.");
    if (!/^(\/\S*|\*)$/.test(path)) throw new Error("The path begins with a slash and has no spaces in it.");
    if (method !== opened.method) changes.method = method;
    if (path !== opened.path) changes.path = path;
    if (headers !== opened.headers) changes.fields = fields(headers);
    if (!byID("edit-keep").checked && byID("edit-body").value !== (opened.body ?? "")) {
        changes.body = { encoding: "text", content: byID("edit-body").value };
    }
    return changes;
}

function fields(text) {
    return text.split("\n").filter((line) => line.trim() !== "").map((line) => {
        const parts = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):(.*)$/.exec(line);
        if (!parts) throw new Error(`Not a header: ${line.slice(0, 80)}`);
        return { name: parts[1].toLowerCase(), value: parts[2].trim() };
    });
}
