// <pass-key> holds a form that a passkey answers: it fetches a challenge, asks the device, and sends the
// answer with the form. It stays hidden where there are no passkeys.
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

class PassKey extends HTMLElement {
  #busy = false;

  #submit = (event) => {
    event.preventDefault();
    if (!this.#busy) this.#ask(event.target);
  };

  async #ask(form) {
    this.#busy = true;
    this.#say("");
    const { begin, kind, failed, known } = this.dataset;
    try {
      const body = new URLSearchParams();
      if (form.elements.csrf) body.set("csrf", form.elements.csrf.value);
      const answer = await fetch(begin, { method: "POST", body, redirect: "error" });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const publicKey = readable(await answer.json());
      const credential = await navigator.credentials[kind]({ publicKey });
      form.elements.credential.value = sendable(credential);
      form.submit();
    } catch (error) {
      this.#say(error.name === "InvalidStateError" && known ? known : failed);
    } finally {
      this.#busy = false;
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
  }

  disconnectedCallback() {
    this.removeEventListener("submit", this.#submit);
  }
}
customElements.define("pass-key", PassKey);
