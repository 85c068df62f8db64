// The set-up page begins with the browser's own time zone, as long as nobody has chosen one.
const select = document.querySelector('form[action="/admin/set-up"] select[name="timezone"]');
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (select?.value === "UTC" && [...select.options].some((option) => option.value === zone)) select.value = zone;
