// Toasts leave by themselves, unless they report an error or someone is at them.
const SHOWN_FOR_MS = 8000;

function arm(toast) {
  if (toast.dataset.armed || toast.matches("[role=alert]")) return;
  toast.dataset.armed = "true";
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, SHOWN_FOR_MS / 4);
    else toast.remove();
  };
  setTimeout(leave, SHOWN_FOR_MS);
}

const armAll = () => document.querySelectorAll(".toast-card").forEach(arm);

document.addEventListener("click", (event) => {
  event.target.closest("[data-toast-close]")?.closest(".toast-card").remove();
});
document.addEventListener("htmx:afterSettle", armAll);
armAll();
