// <pass-key> holds a form that a passkey answers: it fetches a challenge, asks the device, and sends the
// answer with the form. It stays hidden where there are no passkeys. With `data-autofill` the browser also offers
// passkeys in the field of the address (autocomplete="username webauthn"), where it can.
import { announce } from "./announce.js";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const withBytes = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

/** The server's JSON as the browser wants it. */
function readable(options) {
  const { user, excludeCredentials, allowCredentials } = options;
  return {
    ...options,
    challenge: bytes(options.challenge),
    ...(user && { user: { ...user, id: bytes(user.id) } }),
    ...(excludeCredentials && { excludeCredentials: withBytes(excludeCredentials) }),
    ...(allowCredentials && { allowCredentials: withBytes(allowCredentials) }),
  };
}

/** The browser's answer as JSON. */
function sendable(credential) {
  const { id, rawId, type, response } = credential;
  const part = (name) => (response[name] ? { [name]: text(response[name]) } : {});
  return JSON.stringify({
    id,
    rawId: text(rawId),
    type,
    clientExtensionResults: {},
    response: {
      ...part("clientDataJSON"),
      ...part("attestationObject"),
      ...part("authenticatorData"),
      ...part("signature"),
      ...part("userHandle"),
    },
  });
}

// A challenge is good for five minutes; what waits in the field gets a new one before.
const OFFER_MS = 4 * 60_000;

/** Waits until the page is looked at. */
async function looked() {
  while (document.visibilityState !== "visible") {
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
  }
}

class PassKey extends HTMLElement {
  #busy = false;
  /** Ends the offer in the field; there is one question to the device at a time. */
  #offer;

  #submit = (event) => {
    event.preventDefault();
    if (!this.#busy) this.#ask(event.target);
  };

  async #ask(form) {
    this.#busy = true;
    this.#say("");
    this.#offer?.abort();
    const { kind, failed, known } = this.dataset;
    try {
      const publicKey = await this.#challenge(form);
      this.#send(form, await navigator.credentials[kind]({ publicKey }));
    } catch (error) {
      this.#say(error.name === "InvalidStateError" && known ? known : failed);
      this.#offerInField();
    } finally {
      this.#busy = false;
    }
  }

  async #challenge(form, signal) {
    const body = new URLSearchParams();
    if (form.elements.csrf) body.set("csrf", form.elements.csrf.value);
    const answer = await fetch(this.dataset.begin, { method: "POST", body, redirect: "error", signal });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return readable(await answer.json());
  }

  #send(form, credential) {
    form.elements.credential.value = sendable(credential);
    form.submit();
  }

  /** Has the browser offer passkeys in the field of the address, for as long as the page is looked at. */
  async #offerInField() {
    if (!("autofill" in this.dataset) || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    const form = this.querySelector("form");
    this.#offer?.abort();
    while (this.isConnected && !this.#busy) {
      // The browser keeps one challenge: a page in the background would take away that of another one.
      await looked();
      const offer = new AbortController();
      this.#offer = offer;
      const { signal } = offer;
      let isOver = false;
      const over = setTimeout(() => {
        isOver = true;
        offer.abort();
      }, OFFER_MS);
      const hidden = () => {
        isOver = true;
        offer.abort();
      };
      document.addEventListener("visibilitychange", hidden, { signal });
      try {
        const publicKey = await this.#challenge(form, signal);
        const credential = await navigator.credentials.get({ publicKey, mediation: "conditional", signal });
        this.#send(form, credential);
        return;
      } catch {
        // Nobody asked for this: what went wrong is not worth a word, and the button is there.
        if (!isOver) return;
      } finally {
        clearTimeout(over);
      }
    }
  }

  #say(said) {
    const note = this.querySelector("[role=alert]");
    if (!note) return;
    note.hidden = said === "";
    note.querySelector("[data-said]").textContent = said;
    announce(said);
  }

  connectedCallback() {
    this.hidden = !window.PublicKeyCredential;
    this.addEventListener("submit", this.#submit);
    if (!this.hidden) this.#offerInField();
  }

  disconnectedCallback() {
    this.removeEventListener("submit", this.#submit);
    this.#offer?.abort();
  }
}
customElements.define("pass-key", PassKey);
