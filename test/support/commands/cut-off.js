// Runs in a page: everything whose content is wider than itself, but for regions that scroll with the keyboard.
(() => {
  const hidden = (element) => element.closest('thead, [tabindex="0"]') !== null;
  const wide = [...document.querySelectorAll('body, body *:not(svg *)')].filter((element) => {
    const { right, left, width } = element.getBoundingClientRect();
    if (width === 0 || hidden(element)) return false;
    const inline = getComputedStyle(element).display === 'inline';
    const within = right <= innerWidth + 0.5 && left >= -0.5;
    return !within || (!inline && element.scrollWidth > element.clientWidth + 1);
  });
  const texts = [...document.querySelectorAll('svg g > text')].filter((text) => {
    const box = text.parentElement.querySelector('rect').getBoundingClientRect();
    const { right, width } = text.getBoundingClientRect();
    return width > 0 && right > box.right - 2;
  });
  return [...wide, ...texts].map((element) => `${element.tagName} ${element.textContent.slice(0, 40)}`);
})();
