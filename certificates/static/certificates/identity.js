// The signed data come along behind "#": put into the form, out of the address bar, sent with the form and in no address.

const field = document.getElementById('scanned')
const digits = location.hash.slice(1) || field.value.trim().split('#').pop()

if (location.hash) history.replaceState(null, '', location.pathname + location.search)
if (/^[0-9]{90,600}$/.test(digits) && !field.hasAttribute('aria-invalid')) {
  field.value = digits
  document.getElementById('scanned-part').hidden = true
  document.getElementById('scanned-there').hidden = false
  for (const link of document.querySelectorAll('a[data-keep-hash]')) link.hash = digits
}
document.documentElement.dataset.ready = ''
