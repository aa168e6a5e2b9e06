// The last sends, asked for again every second while somebody looks.
"use strict";

const SECOND = 1000;

let shown = "";

async function refresh() {
    const state = document.getElementById("state");
    const old = document.getElementById("sends");
    try {
        const answer = await fetch(location.href, { cache: "no-store" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const sends = page.getElementById("sends");
        if (!sends) throw new Error(page.querySelector(".problem")?.textContent ?? answer.statusText);
        if (shown !== sends.textContent) {
            shown = sends.textContent;
            const known = new Set([...old.children].map((send) => send.dataset.id));
            for (const send of sends.children) send.classList.toggle("fresh", !known.has(send.dataset.id));
            old.replaceWith(sends);
        }
        state.textContent = "Live, newest first, times in UTC.";
    } catch (error) {
        state.textContent = `Not live: ${error.message}`;
    }
}

async function live() {
    if (!document.hidden) await refresh();
    setTimeout(live, SECOND);
}

live();
