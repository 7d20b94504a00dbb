// The theme that the reader chose, before anything is painted. Beside a file a browser may refuse
// storage; then the system's is taken.
try {
  const stored = localStorage.getItem("boilerbench-theme");
  if (stored === "dark" || stored === "light") document.documentElement.dataset.theme = stored;
} catch { /* as above */ }
