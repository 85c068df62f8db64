// A confirmation is <dialog popover>: without a script the browser shows it as a popover;
// here it becomes a modal dialog, which keeps the focus inside.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[popovertarget]");
  const dialog = button && document.getElementById(button.getAttribute("popovertarget"));
  if (!(dialog instanceof HTMLDialogElement)) return;
  event.preventDefault();
  dialog.removeAttribute("popover");
  if (button.getAttribute("popovertargetaction") === "hide") dialog.close();
  else dialog.showModal();
});
