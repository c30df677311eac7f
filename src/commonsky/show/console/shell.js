// @ts-check
// The frame about every screen: banners, navigation, time, who one is, what the picture rests on.

import { HOME, go, link, seen, view } from "./address.js";
import { opened } from "./dialog.js";
import { custom, fill, h } from "./dom.js";
import * as holdings from "./holdings.js";
import { allKeys, onKeys } from "./keys.js";
import * as moment from "./moment.js";
import { brief, shown, utc, whole } from "./text.js";
import { TimeBar, pauseOrRun } from "./timebar.js";
import { LANGUAGES, prefer, spoken, t } from "./words.js";
import { base, signOut } from "./api.js";

export { toast, confirmed } from "./dialog.js";

const SCREENS = ["queue", "globe", "timeline", "nation", "places", "events"];
const BESIDE = ["norms", "dossiers"]; // are reached from the events
const OTHERS = ["case", "object", "record"];
const MODE = "commonsky.mode";

/** The whole page. */
export class Shell extends HTMLElement {
  /** @param {Promise<void>} begun when the node has told who it is */
  constructor(begun) {
    super();
    this.begun = begun;
    this.top = h("div", { class: "banner banner-top" });
    this.bottom = h("div", { class: "banner banner-bottom", "aria-hidden": "true" });
    this.nav = h("nav", { class: "screens", "aria-label": t("shell.screens") });
    this.status = h("div", { class: "status" });
    this.main = h("main", { id: "content", tabindex: "-1" });
    this.lost = h("div", { class: "lost", role: "alert", hidden: true });
    /** @type {HTMLElement | null} */
    this.screen = null;
  }

  async connectedCallback() {
    document.documentElement.dataset.mode = localStorage.getItem(MODE) ?? "basic";
    fill(this,
      h("a", { class: "skip", href: "#content", onclick: (/** @type {Event} */ event) => { event.preventDefault(); this.main.focus(); } }, t("shell.skip")),
      this.top,
      h("header", { class: "top" },
        h("a", { class: "brand", href: link(HOME) }, h("img", { src: new URL("console/mark.svg", base).href, alt: "", width: 22, height: 22 }), h("b", null, t("shell.title")), this.who()),
        this.nav, new TimeBar(), this.status),
      this.lost, this.main, this.bottom);
    this.watch = holdings.changed((what) => this.renew(what));
    seen((now) => this.show(now).catch((error) => this.trouble(error)));
    onKeys(this, t("shell.help.global"), this.keys());
    moment.fromAddress();
    this.drawNav();
    try {
      await this.begun;
      moment.fromAddress();
    } catch (error) {
      this.trouble(/** @type {Error} */ (error));
      return;
    }
    this.show(view()).catch((error) => this.trouble(error));
    this.renew(new Set(["node", "alerts"]));
  }

  who() {
    this.nation = h("span", { class: "nation-name" });
    return this.nation;
  }

  /** @returns {import("./keys.js").Key[]} */
  keys() {
    const step = (/** @type {number} */ minutes) => moment.seek(moment.now() + minutes * 60000);
    return [
      { keys: ["1", "2", "3", "4", "5", "6"], say: t("shell.help.go"), run: (event) => go(SCREENS[Number(event.key) - 1]) },
      { keys: ["?"], say: t("shell.help.help"), run: () => help() },
      { keys: ["l"], say: t("shell.help.live"), run: () => moment.live() },
      { keys: ["p"], say: t("shell.help.pause"), run: () => pauseOrRun() },
      { keys: ["[", "]"], say: t("shell.help.step"), run: (event) => step(event.key === "[" ? -10 : 10) },
    ];
  }

  /** @param {Set<string>} what */
  renew(what) {
    if (what.has("node")) {
      this.drawBanners();
      this.drawStatus();
    }
    if (what.has("link") || what.has("node")) this.drawLost();
    if (what.has("alerts")) this.drawNav();
  }

  drawBanners() {
    const node = holdings.node();
    if (!node) return;
    const [kind, id = ""] = String(node.realm).split("/");
    const realm = kind === "ops" || kind === "exercise" ? kind : "test";
    document.documentElement.dataset.realm = realm;
    const word = t(`shell.realm.${realm}`, { id: shown(id, 40).toUpperCase() });
    const say = t(`shell.realm.${realm}.say`);
    const marking = node.marking ? shown(node.marking.text, 120) : t("shell.marking.none");
    for (const place of [this.top, this.bottom]) {
      fill(place, h("b", { class: "realm" }, word), h("span", { class: "realm-say" }, say), h("span", { class: "marking" }, marking));
    }
    document.title = `${node.nation} · ${word} · ${t("shell.title")}`;
    const name = this.nation;
    if (name) fill(name, shown(holdings.session()?.nation_name ?? node.nation, 40));
  }

  drawNav() {
    const { screen } = view();
    const fresh = [...holdings.alerts().values()].filter((one) => one.stage === "new" && one.severity === "high" && !one.struck).length;
    fill(this.nav, SCREENS.map((name, place) => h("a", {
      href: link(name), "aria-current": name === screen ? "page" : name === "events" && BESIDE.includes(screen) ? "true" : false, title: `${t(`shell.${name}`)} (${place + 1})`,
    }, t(`shell.${name}`), name === "queue" && fresh ? h("span", { class: "count" }, fresh) : null)),
    OTHERS.includes(screen) ? h("a", { href: location.hash, "aria-current": "page" }, t(`shell.${screen}`)) : null);
  }

  drawStatus() {
    const told = holdings.completeness();
    const session = holdings.session();
    const gaps = told?.gaps?.length ?? 0;
    const mode = document.documentElement.dataset.mode ?? "basic";
    fill(this.status,
      told ? h("button", { class: gaps ? "chip warn" : "chip good", onclick: () => rests(told) }, gaps ? `△ ${t("shell.gaps", { count: gaps })}` : `✓ ${t("shell.whole")}`) : null,
      session?.open ? h("span", { class: "chip", title: t("shell.open") }, t("shell.open.short")) : null,
      session?.name ? h("button", { class: "chip", title: t("shell.who", { name: shown(session.name, 60), role: session.role ?? "" }), onclick: () => signOut().then(() => location.reload()) }, `${shown(session.name, 24)} · ${t("shell.sign_out")}`) : null,
      session && !session.open && !session.name ? h("a", { class: "chip", href: new URL("sign-in", base).href }, t("shell.sign_in")) : null,
      (session?.nations ?? []).length > 1 ? nationsMenu(session) : null,
      h("button", { class: "chip", "aria-pressed": mode === "expert", title: t("shell.mode"), onclick: () => { setMode(mode === "basic" ? "expert" : "basic"); this.drawStatus(); } }, t(`shell.mode.${mode}`)),
      h("select", { class: "chip", "aria-label": t("shell.language"), onchange: (/** @type {Event} */ event) => { prefer(/** @type {HTMLSelectElement} */ (event.target).value); location.reload(); } },
        LANGUAGES.map(([code, name]) => h("option", { value: code, selected: code === spoken() }, name))),
      h("button", { class: "chip", "aria-label": t("shell.help"), title: t("shell.help"), onclick: () => help() }, "?"),
    );
  }

  drawLost() {
    const { up, trouble } = holdings.link();
    const lost = holdings.loaded() && (!up || trouble !== "");
    // A stream that is just being opened anew is no news.
    clearTimeout(this.losing);
    this.losing = setTimeout(() => {
      this.lost.hidden = !(lost && (trouble !== "" || !holdings.link().up));
      if (!this.lost.hidden) fill(this.lost, t("shell.lost", { why: trouble }));
    }, lost ? 4000 : 0);
  }

  /** @param {import("./address.js").View} now */
  async show(now) {
    this.drawNav();
    const known = [...SCREENS, ...BESIDE, ...OTHERS].includes(now.screen);
    if (!known) {
      this.screen = null;
      fill(this.main, h("p", { class: "empty" }, t("shell.unknown", { screen: shown(now.screen, 40) })));
      return;
    }
    moment.fromAddress();
    const tag = `cs-${now.screen}`;
    if (this.screen?.localName !== tag) {
      // A screen comes when somebody wants to see it.
      await import(`./screens/${now.screen}.js`);
      if (view().screen !== now.screen) return;
      this.screen = custom(tag, { class: "screen" });
      this.main.className = `at-${now.screen}`;
      fill(this.main, this.screen);
    }
    /** @type {any} */ (this.screen).view = now;
  }

  /** @param {Error} error */
  trouble(error) {
    const status = /** @type {any} */ (error).status;
    const words = status === 401 || status === 403 ? "shell.denied" : "shell.failed";
    fill(this.main, h("div", { class: "empty" }, h("p", null, t(words, { why: error.message })),
      status === 401 ? h("a", { class: "button primary", href: new URL("sign-in", base).href }, t("shell.sign_in")) : null));
  }
}

/** @param {any} session */
function nationsMenu(session) {
  return h("select", {
    class: "chip", "aria-label": t("shell.other_nodes"), title: t("shell.other_nodes"),
    onchange: (/** @type {Event} */ event) => { location.href = /** @type {HTMLSelectElement} */ (event.target).value + location.hash; },
  }, session.nations.map((/** @type {any} */ one) => h("option", { value: one.address, selected: one.nation === session.nation }, one.nation)));
}

/** @param {string} mode */
function setMode(mode) {
  localStorage.setItem(MODE, mode);
  document.documentElement.dataset.mode = mode;
  dispatchEvent(new CustomEvent("commonsky-mode"));
}

function help() {
  opened(t("shell.help.title"), h("div", { class: "help" }, allKeys().map(({ title, list }) => h("section", null,
    h("h3", null, title),
    h("dl", null, list.map((key) => h("div", null, h("dt", null, key.keys.map((one) => h("kbd", null, one === " " ? "space" : one))), h("dd", null, key.say)))),
  ))));
}

/** @param {any} told */
function rests(told) {
  const horizon = told.horizon;
  opened(t("shell.gaps.title"), [
    told.gaps.length
      ? [h("p", null, t("shell.gaps.list")), h("ul", null, told.gaps.map((/** @type {string} */ gap) => h("li", null, shown(gap, 300))))]
      : h("p", null, t("shell.gaps.none")),
    h("p", null, horizon.screened ? t("shell.screened", { until: utc(horizon.stop) }) : t("shell.not_screened")),
    h("table", { class: "plain-table" },
      h("caption", null, t("shell.sources")),
      h("thead", null, h("tr", null, ["nation", "state", "objects", "statements", "newest"].map((name) => h("th", { scope: "col" }, t(`shell.sources.${name}`))))),
      h("tbody", null, told.sources.map((/** @type {any} */ one) => h("tr", null,
        h("th", { scope: "row" }, shown(one.nation, 8)), h("td", null, shown(one.state, 40)),
        h("td", { class: "number" }, whole(one.objects)), h("td", { class: "number" }, whole(one.statements)), h("td", null, brief(one.newest_said)))))),
  ]);
}

customElements.define("cs-shell", Shell);
