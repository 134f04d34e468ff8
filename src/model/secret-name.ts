const SECRET_NAME =
  /pass(word|wd|phrase|code)|(^|[-_.])pass$|pwd|secret|token|credential|(^|[-_.])creds?($|[-_.])|(api|private|access|ssh|tls|ssl|encryption|signing|master)[-_.]?key|\.key$/i;

/** Whether somebody would give this name to something secret: `MYSQL_ROOT_PASSWORD`, `apiKey`, `tls.key`. KUDO's packages have no other way to say that a parameter is. */
export function soundsSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** What stands where something secret was. */
export const HIDDEN = "***";
