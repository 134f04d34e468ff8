import type { GoType } from "./value.ts";

/** What a function takes, by Go's types, and what it gives. */
export interface Signature {
  readonly params: readonly GoType[];
  /** The last parameter takes any number of arguments. */
  readonly variadic: boolean;
  /** What JavaScript's result is to Go; undefined for one that is a Go value already. */
  readonly result: Result | undefined;
}

/** The Go type of a result that JavaScript says otherwise. */
export type Result = "[]int" | "[]string" | "map[string]string";

/** The signature of a function of the KUDO dialect. */
export function signatureOf(name: string): Signature {
  const found = SIGNATURES.get(name);
  if (!found) throw new Error(`no signature of ${name}`);
  return found;
}

/** Every function of the KUDO dialect: Go's own, and Sprig 2.22's, which has KUDO's `toYaml` instead of what reaches beyond the template. */
const TABLE = `
and value value...
or value value...
not value
eq value value...
ne value value
lt value value
le value value
gt value value
ge value value
len value
index value value...
call value value...
print any...
println any...
printf string any...
html any...
js any...
urlquery any...

abbrev int string
abbrevboth int int string
add any...
add1 any
adler32sum string
ago any
append any any
atoi string
b32dec string
b32enc string
b64dec string
b64enc string
biggest any any...
buildCustomCert string string
camelcase string
cat any...
ceil any
coalesce any...
compact any
concat any...
contains string string
date string any
dateInZone string any string
dateModify string time
date_in_zone string any string
date_modify string time
decryptAES string string
deepCopy any
deepEqual any any
default any any...
derivePassword uint32 string string string string
dict any...
div any any
empty any
encryptAES string string
fail string
first any
float64 any
floor any
genCA string int
genPrivateKey string
genSelfSignedCert string list list int
genSignedCert string list list int any
getHostByName string
has any any
hasKey map string
hasPrefix string string
hasSuffix string string
hello
htmlDate any
htmlDateInZone any string
indent int string
initial any
initials string
int any
int64 any
join string any
kebabcase string
keys map... > []string
kindIs string any
kindOf any
last any
list any...
lower string
max any any...
merge map map...
mergeOverwrite map map...
min any any...
mod any any
mul any any...
nindent int string
nospace string
now
omit map string...
pick map string...
pluck string map...
plural string string int
prepend any any
push any any
quote any...
randAlpha int
randAlphaNum int
randAscii int
randNumeric int
regexFind string string
regexFindAll string string int > []string
regexMatch string string
regexReplaceAll string string string
regexReplaceAllLiteral string string string
regexSplit string string int > []string
repeat int string
replace string string string
rest any
reverse any
round any int float...
semver string
semverCompare string string
set map string any
sha1sum string
sha256sum string
shuffle string
slice any any...
snakecase string
sortAlpha any > []string
split string string > map[string]string
splitList string string > []string
splitn string int string > map[string]string
squote any...
sub any any
substr int int string
swapcase string
ternary any any bool
title string
toDate string string
toDecimal any
toJson any
toPrettyJson any
toString any
toStrings any > []string
toYaml any
trim string
trimAll string string
trimPrefix string string
trimSuffix string string
trimall string string
trunc int string
tuple any...
typeIs string any
typeIsLike string any
typeOf any
uniq any
unixEpoch time
unset map string
until int > []int
untilStep int int int > []int
untitle string
upper string
urlJoin map
urlParse string
uuidv4
values map
without any any...
wrap int string
wrapWith int string string
`;

const TYPES: Readonly<Record<string, GoType>> = {
  value: "value",
  any: "interface {}",
  string: "string",
  int: "int",
  uint32: "uint32",
  float: "float64",
  bool: "bool",
  list: "[]interface {}",
  map: "map[string]interface {}",
  time: "time.Time",
};

const SIGNATURES: ReadonlyMap<string, Signature> = new Map(
  TABLE.split("\n").filter(Boolean).map(readLine),
);

function readLine(line: string): [string, Signature] {
  const [call = "", result] = line.split(" > ");
  const [name = "", ...words] = call.split(" ");
  const params = words.map((word) => {
    const type = TYPES[word.replace("...", "")];
    if (!type) throw new Error(`no type ${word}`);
    return type;
  });
  const variadic = words.at(-1)?.endsWith("...") ?? false;
  return [name, { params, variadic, result: result as Result | undefined }];
}
