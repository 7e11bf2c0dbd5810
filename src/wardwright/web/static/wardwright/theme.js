// Runs before the first paint so that a dark page never flashes white.
try {
  const theme = localStorage.getItem("ww-theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.bsTheme = theme;
} catch {
  // Storage is switched off: the system's setting holds.
}
