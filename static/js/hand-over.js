// Sends the form of the page that leads to another network, as soon as the page is there.
(() => {
  "use strict";
  const form = document.querySelector("form[data-send-now]");
  if (form) form.submit();
})();
