// Links a holder shares: handed to the telephone's own sharing, or copied. The page behind one tells that it was shown.

for (const button of document.querySelectorAll('[data-share]')) {
  button.hidden = false
  button.addEventListener('click', async () => {
    const url = button.dataset.share
    try {
      if (navigator.share) return await navigator.share({ url })
      await navigator.clipboard.writeText(url)
    } catch {
      // Not allowed here (http, or put away): the address is chosen, to be copied by hand.
      const field = button.closest('li').querySelector('input')
      field.focus()
      field.select()
      return
    }
    button.querySelector('span').textContent = button.dataset.done
  })
}

const own = document.getElementById('sharing')
if (own) navigator.sendBeacon(own.dataset.seen, new URLSearchParams({ link: own.dataset.link }))
