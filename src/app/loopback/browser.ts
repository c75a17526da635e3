import open from 'open';

/**
 * Opens a link in the browser of the person who started this process. `onFailure` is called where the desktop's opener says
 * afterwards that there is no browser. @throws Error where there is no opener.
 */
export async function openBrowser(link: string, onFailure: () => void): Promise<void> {
  const opener = await open(link);
  // An opener may run as long as its browser.
  opener.once('exit', (code) => {
    if (code !== 0) onFailure();
  });
}
