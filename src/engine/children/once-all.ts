/** Makes functions for `count` who are waited for: `act` is done once each of them was called, however often. */
export function onceAll(count: number, act: () => void): () => () => void {
  let called = 0;
  return () => {
    let isCalled = false;
    return () => {
      if (isCalled) return;
      isCalled = true;
      called += 1;
      if (called === count) act();
    };
  };
}
