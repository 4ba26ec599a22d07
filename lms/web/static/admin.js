// The administration under a strict content policy: what its pages did with inline handlers is bound here.

document.addEventListener("click", (event) => {
  const bulk = event.target.closest("[data-bulk-action]");
  if (bulk) window.modelActions.execute(bulk.dataset.bulkAction);

  const add = event.target.closest("[data-add-row]");
  if (add) window.faForm.addInlineField(add, add.dataset.addRow);

  // Links that only open something must not ask the browser to run their address.
  if (event.target.closest('a[href^="javascript:"]')) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const question = event.target.dataset.question;
  if (question && !window.confirm(question)) event.preventDefault();
});

// A title alone is not read out everywhere.
for (const box of document.querySelectorAll(".action-checkbox, .action-rowtoggle")) box.setAttribute("aria-label", box.title);

// The selection boxes of the library give their text field a role it may not have; they are made when jQuery is ready.
window.jQuery(() => {
  for (const field of document.querySelectorAll(".select2-focusser[role]")) field.removeAttribute("role");
});
