// Markup: draws a tree of plain JSON as React elements (dashboards/components/markup.py says why).
(function () {
  'use strict';

  // A text, one element, or several: [[tag, …], [tag, …]].
  const element = (node, index) => {
    if (!Array.isArray(node)) return node;
    if (node.length === 0 || Array.isArray(node[0])) return node.map(element);
    const [tag, attributes, ...children] = node;
    return React.createElement(tag, { key: index, ...attributes }, ...children.map(element));
  };

  // Change the address without loading the page: dcc.Location hears the event.
  const navigate = (href) => {
    const from = window.location.pathname;
    window.history.pushState({}, '', href);
    window.dispatchEvent(new CustomEvent('_dashprivate_pushstate'));
    if (window.location.pathname !== from) window.scrollTo(0, 0);
  };

  const isPlainClick = (event) =>
    event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

  const followed = (target) => {
    const link = target.closest('a[href], [data-href]');
    if (!link || link.hasAttribute('download') || link.target) return null;
    const href = link.dataset.href || link.getAttribute('href');
    return href.startsWith('#') ? null : href;
  };

  // What is being asked for anew dims, and says so to those who cannot see it.
  const useBusy = () => {
    const context = window.dash_component_api && window.dash_component_api.useDashContext();
    return Boolean(context && context.useLoading());
  };

  function Markup(props) {
    const isBusy = useBusy();
    const onClick = (event) => {
      if (!isPlainClick(event)) return;
      const href = followed(event.target);
      if (href !== null) {
        event.preventDefault();
        navigate(href);
        return;
      }
      const actor = event.target.closest('[data-action]');
      if (actor) props.setProps({ clicked: { ...actor.dataset, at: Date.now() } });
    };
    return React.createElement(
      props.element || 'div',
      {
        id: props.id,
        className: props.className,
        'aria-label': props.label,
        'aria-busy': isBusy || undefined,
        onClick
      },
      element(props.tree)
    );
  }

  window.toan_canh = { Markup, navigate };
})();
