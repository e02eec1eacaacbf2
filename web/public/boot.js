// Sets theme and language before the first paint, so that nothing flashes.
(function () {
  try {
    var theme = localStorage.getItem('seawall.theme')
    if (!theme) theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
    document.documentElement.classList.toggle('dark', theme === 'dark')
    var lang = localStorage.getItem('seawall.lang')
    if (lang === 'en') document.documentElement.lang = 'en'
  } catch (e) {
    document.documentElement.classList.remove('dark')
  }
})()
