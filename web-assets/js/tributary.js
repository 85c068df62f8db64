// Tributary for your own pages: remembers by which link a visitor came, and reports leads and sales.
//
//   <script src="https://partners.example.com/js/tributary.js" data-key="pk_…" async></script>
//
//   data-key      the publishable key (Settings → Installation)
//   data-param    query parameters that carry a link's code; default "via,ref,aff,fpr,am_id"
//   data-consent  "required" (default: nothing is kept before tributary.consent(true)) or "granted"
//
//   tributary.consent(true | false)   false forgets everything
//   tributary.lead({ external_id, customer: { external_id, name, email } })
//   tributary.sale({ external_id, customer_external_id, amount, currency })
//   tributary.clickId()               the click id, or null
//   tributary.ready(function (known) {})  once the landing is settled: { click_id, visitor_id, code } or null
//
// Before the script has loaded, calls can be left in a list:
//   (window.tributary = window.tributary || []).push(["lead", { … }])
// Form fields with data-tributary="click_id" (or visitor_id, code) are filled in. Calls never throw;
// lead and sale answer with a promise of { event_id, duplicate }, or of null when it failed.
(function () {
  "use strict";
  var script = document.currentScript || document.querySelector("script[data-key][src*='/js/tributary.js']");
  var before = window.tributary;
  if (!script || (before && before.clickId)) return;

  var data = script.dataset;
  var server = new URL(script.src, location.href).origin;
  var NAME = "tributary";
  var KEPT_MS = 365 * 864e5;
  // The same code within this time is a reload of the landing page, not another click.
  var RELOAD_MS = 18e5;
  var PAUSES_MS = [1e3, 5e3];
  var granted = data.consent === "granted";
  var known = null;
  var unsent = [];
  var settled = false;
  var waiting = [];
  var landing = null;

  function safely(act) {
    return function () {
      try {
        return act.apply(null, arguments);
      } catch (error) {
        return null;
      }
    };
  }

  // What is known is kept in the page's own storage, or in a cookie where that is switched off.
  function load() {
    var text;
    try {
      text = localStorage.getItem(NAME);
    } catch (error) { /* switched off */ }
    if (!text) {
      var found = document.cookie.match(/(?:^|; )tributary=([^;]*)/);
      text = found && decodeURIComponent(found[1]);
    }
    try {
      var kept = JSON.parse(text);
      return kept && Date.now() - kept.at < KEPT_MS ? kept : null;
    } catch (error) {
      return null;
    }
  }

  function keep(next) {
    known = next;
    var text = JSON.stringify(next);
    try {
      localStorage.setItem(NAME, text);
    } catch (error) {
      cookie(encodeURIComponent(text), KEPT_MS / 1e3);
    }
    fill();
  }

  function forget() {
    known = null;
    try {
      localStorage.removeItem(NAME);
    } catch (error) { /* switched off */ }
    cookie("", 0);
    fill();
  }

  function cookie(value, seconds) {
    document.cookie = NAME + "=" + value + ";path=/;max-age=" + seconds + ";samesite=lax" + (location.protocol === "https:" ? ";secure" : "");
  }

  function fill() {
    document.querySelectorAll("[data-tributary]").forEach(function (field) {
      var name = field.getAttribute("data-tributary");
      if (name === "click_id" || name === "visitor_id" || name === "code") field.value = (known && known[name]) || "";
    });
  }

  // Text, so that the browser need not ask first whether it may send.
  function post(path, body) {
    return fetch(server + path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "text/plain" },
      credentials: "omit",
      keepalive: true,
    }).then(function (answer) {
      if (answer.status >= 500 || answer.status === 429) throw answer.status;
      return answer.ok ? answer.json() : null;
    });
  }

  function pause(ms) {
    return new Promise(function (done) {
      setTimeout(done, ms);
    });
  }

  // An event goes out again until it arrives; the server counts it once by its external_id.
  function report(path, body) {
    var entry = { path: path, body: body };
    unsent.push(entry);
    function attempt(round) {
      return post(path, body).catch(function () {
        if (round >= PAUSES_MS.length) return null;
        return pause(PAUSES_MS[round]).then(function () {
          return attempt(round + 1);
        });
      });
    }
    return attempt(0).then(function (answer) {
      unsent.splice(unsent.indexOf(entry), 1);
      return answer;
    });
  }

  function event(path) {
    return safely(function (fields) {
      return Promise.resolve(landing).then(function () {
        var body = { key: data.key };
        if (granted && known) {
          if (known.click_id) body.click_id = known.click_id;
          if (known.visitor_id) body.visitor_id = known.visitor_id;
        }
        return report(path, Object.assign(body, fields));
      }).catch(function () {
        return null;
      });
    });
  }

  function land() {
    var query = new URLSearchParams(location.search);
    var click = query.get("click_id");
    var names = (data.param || "via,ref,aff,fpr,am_id").split(",");
    var code = names.map(function (name) {
      return query.get(name.trim());
    }).filter(Boolean)[0];
    known = load();
    var visitor = (known && known.visitor_id) || undefined;

    if (/^clk_[0-9a-z]{26}$/.test(click || "")) {
      if (!known || known.click_id !== click) keep({ click_id: click, visitor_id: visitor, code: code, at: Date.now() });
    } else if (code && !(known && known.code === code && Date.now() - known.at < RELOAD_MS)) {
      var subs = {};
      query.forEach(function (value, name) {
        if (/^(sub[1-5]|sub_id|utm_[a-z_]{1,24})$/.test(name) && Object.keys(subs).length < 12) subs[name] = value;
      });
      return post("/t/click", {
        key: data.key, code: code, url: location.href, referrer: document.referrer || undefined, visitor_id: visitor, sub_ids: subs,
      }).then(function (answer) {
        if (answer && granted) keep({ click_id: answer.click_id, visitor_id: answer.visitor_id, code: code, at: Date.now() });
      });
    }
    fill();
    return Promise.resolve();
  }

  function settle() {
    settled = true;
    waiting.splice(0).forEach(function (call) {
      safely(call)(known);
    });
  }

  function start() {
    if (!landing) landing = Promise.resolve().then(land).catch(function () {}).then(settle);
  }

  var api = {
    consent: safely(function (given) {
      granted = !!given;
      if (granted) return start();
      landing = null;
      forget();
      settle();
    }),
    lead: event("/t/lead"),
    sale: event("/t/sale"),
    clickId: safely(function () {
      return (granted && known && known.click_id) || null;
    }),
    ready: safely(function (call) {
      if (settled) safely(call)(known);
      else waiting.push(call);
    }),
    push: safely(function (call) {
      return api[call[0]](call[1]);
    }),
  };
  window.tributary = api;

  safely(function () {
    // Something kept says that consent was given on an earlier page.
    if (!granted && load()) granted = true;
    if (granted) start();
    document.addEventListener("DOMContentLoaded", safely(fill));
    document.addEventListener("submit", safely(fill), true);
    addEventListener("pagehide", safely(function () {
      unsent.forEach(function (entry) {
        navigator.sendBeacon(server + entry.path, JSON.stringify(entry.body));
      });
    }));
    if (Array.isArray(before)) before.forEach(api.push);
  })();
})();
