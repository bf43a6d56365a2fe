// The page's script. Content of events is inserted only as text, through textContent, and never as markup.
(() => {
  'use strict';
  const root = document.documentElement;
  const byId = id => document.getElementById(id);
  const instance = root.dataset.instance;
  const token = document.querySelector('meta[name="token"]').content;
  const MOST_CARDS = 24;
  const MINUTES = 15;
  root.classList.add('js');

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function svg(tag, attributes, text) {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function setText(target, text) {
    if (target.textContent !== text) target.textContent = text;
  }

  function gauge(share) {
    const made = svg('svg', {class: 'gauge', viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true'});
    made.append(svg('rect', {width: 100 * share, height: 4}));
    return made;
  }

  // ---- flow and facts: the server formats the texts

  const texts = [...document.querySelectorAll('[data-text]')];
  const stages = [...document.querySelectorAll('.stage')];

  function showState(news) {
    for (const target of texts) {
      const text = news.texts[target.dataset.text];
      if (text !== undefined) setText(target, text);
    }
    for (const [name, share] of Object.entries(news.gauges)) byId('gauge-' + name).setAttribute('width', 100 * share);
    for (const stage of stages) stage.classList.toggle('waits', stage.id === 'stage-' + news.waits);
    root.dataset.ok = news.ok ? 'yes' : 'no';
  }

  // ---- labels

  const cards = byId('label-list');
  const pause = document.querySelector('.pause');
  let paused = false;
  let held = [];

  function card(label) {
    const made = element('li', 'card');
    if (root.dataset.pictures === 'yes') {
      const frame = element('div', 'picture');
      if (label.picture) {
        const image = element('img');
        image.alt = '';
        image.decoding = 'async';
        image.addEventListener('load', () => image.classList.toggle('small', image.naturalWidth < 76));
        image.addEventListener('error', () => image.remove());
        image.src = '/pictures/' + label.number + '-' + instance;
        frame.append(image);
      }
      made.append(frame);
    }
    const said = element('div', 'said');
    const bars = element('ol', 'bars');
    for (const one of label.labels) {
      const row = element('li');
      row.append(element('span', '', one.label), element('span', 'share', (100 * one.probability).toFixed(1) + ' %'),
        gauge(one.probability));
      bars.append(row);
    }
    said.append(bars, element('p', 'id', label.id), element('p', 'where', label.source + ' · ' + label.latency));
    made.append(said);
    return made;
  }

  function showLabels(labels, anew) {
    if (paused) {
      held = (anew ? labels : labels.concat(held)).slice(0, MOST_CARDS);
      if (anew) cards.replaceChildren();
      return;
    }
    const made = labels.map(card);
    if (anew) cards.replaceChildren(...made);
    else cards.prepend(...made);
    while (cards.childElementCount > MOST_CARDS) cards.lastElementChild.remove();
  }

  pause.addEventListener('click', () => {
    paused = !paused;
    pause.setAttribute('aria-pressed', String(paused));
    if (!paused) {
      showLabels(held, false);
      held = [];
    }
  });

  // ---- dead letters

  const kinds = new Map();
  const deadList = byId('dead-list');

  function showDeadLetters(groups) {
    if (kinds.size === 0) deadList.replaceChildren();
    groups.forEach((group, position) => {
      const name = group.stage + ' ' + group.code;
      let kind = kinds.get(name);
      if (!kind) {
        kind = makeKind(group);
        kinds.set(name, kind);
      }
      if (deadList.children[position] !== kind.item && !deadList.contains(document.activeElement)) {
        deadList.insertBefore(kind.item, deadList.children[position] || null);
      } else if (!kind.item.isConnected) {
        deadList.append(kind.item);
      }
      setText(kind.count, group.count);
      showLetters(kind, group.last);
    });
  }

  function makeKind(group) {
    const item = element('li');
    const details = element('details');
    const summary = element('summary');
    const kind = element('span', 'kind');
    kind.append(element('span', 'of', group.stage), ' ' + group.code);
    const count = element('span', 'count');
    summary.append(kind, count);
    const list = element('ul', 'letters');
    list.tabIndex = 0;
    list.setAttribute('aria-label', 'The last dead letters: ' + group.code);
    details.append(summary, list);
    item.append(details);
    return {item, count, list, letters: new Map()};
  }

  function showLetters(kind, last) {
    const present = new Set(last.map(letter => letter.number));
    for (const [number, letter] of kind.letters) {
      // Keeps letters that the user has opened.
      if (!present.has(number) && !letter.item.querySelector('pre') && !letter.item.contains(document.activeElement)) {
        letter.item.remove();
        kind.letters.delete(number);
      }
    }
    for (const letter of [...last].reverse()) {
      const known = kind.letters.get(letter.number);
      if (known) {
        if (letter.sentBack) known.resent();
      } else {
        const made = makeLetter(letter);
        kind.letters.set(letter.number, made);
        kind.list.prepend(made.item);
      }
    }
  }

  function makeLetter(letter) {
    const item = element('li');
    const where = element('p', 'where', letter.source);
    // In a bdi element, since the key may change the direction of the text that follows.
    if (letter.key !== null) where.append(' · key ', element('bdi', '', letter.key));
    where.append(' · ' + new Date(letter.millis).toLocaleTimeString());
    item.append(element('p', 'reason', letter.reason), where);
    const actions = element('p', 'actions');
    const note = element('span', 'of');
    note.setAttribute('role', 'status');
    let resend = null;
    if (letter.content && root.dataset.payloads === 'yes') actions.append(payloadButton(letter, item));
    if (letter.content && token && !letter.sentBack) {
      resend = element('button', '', 'Resend');
      resend.type = 'button';
      resend.addEventListener('click', () => replay(letter, resend, note));
      actions.append(resend);
    }
    const resent = () => {
      if (resend) resend.disabled = true;
      setText(note, 'resent');
    };
    if (letter.sentBack) resent();
    actions.append(note);
    item.append(actions);
    return {item, resent};
  }

  function payloadButton(letter, item) {
    const button = element('button', '', 'Payload');
    button.type = 'button';
    button.setAttribute('aria-expanded', 'false');
    button.addEventListener('click', async () => {
      const open = item.querySelector('pre');
      button.setAttribute('aria-expanded', String(!open));
      if (open) {
        open.remove();
        return;
      }
      const shown = element('pre', '', '…');
      shown.tabIndex = 0;
      shown.setAttribute('aria-label', 'Payload');
      item.append(shown);
      try {
        const answer = await fetch('/payloads/' + letter.number + '-' + instance);
        shown.textContent = await answer.text();
      } catch (e) {
        shown.textContent = 'no connection';
      }
    });
    return button;
  }

  async function replay(letter, button, note) {
    button.disabled = true;
    try {
      const answer = await fetch('/replay', {
        method: 'POST',
        headers: {Accept: 'application/json'},
        body: new URLSearchParams({token, letter: letter.number + '-' + instance}),
      });
      setText(note, (await answer.text()).trim());
      button.disabled = answer.ok || answer.status === 409;
    } catch (e) {
      setText(note, 'no connection');
      button.disabled = false;
    }
  }

  // ---- backfills

  function showBackfills(runs) {
    byId('backfill-list').replaceChildren(...runs.map(run => {
      const row = element('li');
      row.append(element('span', '', run.name), element('span', 'share', run.text), gauge(run.share));
      return row;
    }));
  }

  // ---- plots

  const number = value => value >= 1000 ? Math.round(value).toLocaleString('en') : value >= 10 ? value.toFixed(0) : +value.toFixed(1) + '';
  const millis = value => value >= 1000 ? +(value / 1000).toFixed(1) + ' s' : Math.round(value) + ' ms';
  const perSecond = value => number(value) + '/s';
  const plots = [
    {id: 'plot-throughput', least: 10, format: perSecond, series: [['labels', 1], ['arrivals', 3], ['dead', 2]]},
    {id: 'plot-lag', least: 10, format: number, series: [['waiting', 4]]},
    {id: 'plot-latency', least: 100, format: millis, series: [['p50', 5], ['p95', 6], ['p99', 7]]},
    {id: 'plot-batch', least: 8, format: number, series: [['mean', 8]]},
  ];
  const HEIGHT = 150, LEFT = 46, RIGHT = 6, TOP = 8, BOTTOM = 20;
  let points = [];

  // Returns 1, 2 or 5 times a power of ten, not below the greatest value.
  function ceiling(value) {
    const power = 10 ** Math.floor(Math.log10(value || 1));
    return power * [1, 2, 5, 10].find(step => step * power >= (value || 1));
  }

  // Short, to fit the axis.
  function axis(plot, value) {
    if (plot.format === millis) return millis(value);
    return value >= 1e6 ? value / 1e6 + 'M' : value >= 1e4 ? value / 1e3 + 'k' : number(value);
  }

  function readout(plot, at) {
    const point = points[at === undefined ? points.length - 1 : at];
    const parts = plot.series.map(([name, column], index) => {
      const value = point && point[column] !== null ? plot.format(point[column]) : '–';
      const part = element('span');
      part.append(element('span', 'key s' + index), name + ' ', element('b', '', value));
      return part;
    });
    if (at !== undefined && point) parts.push(element('span', 'of', new Date(point[0]).toLocaleTimeString()));
    plot.readout.replaceChildren(...parts);
  }

  function draw(plot) {
    const width = plot.figure.clientWidth - 24;
    if (width <= 0) return;
    const picture = plot.picture;
    const inner = width - LEFT - RIGHT, high = HEIGHT - TOP - BOTTOM;
    const end = points.length ? points[points.length - 1][0] : Date.now();
    const start = end - MINUTES * 60000;
    const values = points.flatMap(point => plot.series.map(([, column]) => point[column])).filter(value => value !== null);
    const most = ceiling(Math.max(plot.least, ...values));
    const x = time => LEFT + inner * (time - start) / (end - start);
    const y = value => TOP + high * (1 - value / most);
    const parts = [];
    for (const share of [0, .5, 1]) {
      parts.push(svg('line', {class: 'grid', x1: LEFT, x2: width - RIGHT, y1: y(most * share), y2: y(most * share)}),
        svg('text', {x: LEFT - 6, y: y(most * share) + 4, 'text-anchor': 'end'}, share ? axis(plot, most * share) : '0'));
    }
    for (const minutes of [15, 10, 5, 0]) {
      parts.push(svg('text', {x: x(end - minutes * 60000), y: HEIGHT - 5, 'text-anchor': minutes === 0 ? 'end' : minutes === 15 ? 'start' : 'middle'},
        minutes ? '−' + minutes + ' min' : 'now'));
    }
    plot.series.forEach(([, column], index) => {
      // Leaves a gap for unknown values.
      let path = '', drawn = false, run = [];
      for (const point of points) {
        if (point[column] === null) drawn = false;
        else {
          path += (drawn ? 'L' : 'M') + x(point[0]).toFixed(1) + ' ' + y(point[column]).toFixed(1);
          drawn = true;
          run.push(point);
        }
      }
      if (plot.series.length === 1 && run.length > 1 && run.length === points.length) {
        parts.push(svg('path', {class: 'area s' + index,
          d: path + 'L' + x(run[run.length - 1][0]).toFixed(1) + ' ' + y(0) + 'L' + x(run[0][0]).toFixed(1) + ' ' + y(0) + 'Z'}));
      }
      if (run.length === 1) parts.push(svg('circle', {class: 's' + index, cx: x(run[0][0]), cy: y(run[0][column]), r: 2}));
      parts.push(svg('path', {class: 'line s' + index, d: path}));
    });
    if (plot.at !== undefined && points[plot.at]) {
      const at = x(points[plot.at][0]);
      parts.push(svg('line', {class: 'cursor', x1: at, x2: at, y1: TOP, y2: TOP + high}));
    }
    picture.setAttribute('viewBox', '0 0 ' + width + ' ' + HEIGHT);
    picture.replaceChildren(...parts);
    readout(plot, plot.at);
    const last = points[points.length - 1];
    picture.setAttribute('aria-label', plot.title + ' over the last ' + MINUTES + ' minutes; now ' + plot.series
      .map(([name, column]) => name + ' ' + (last && last[column] !== null ? plot.format(last[column]) : 'unknown')).join(', '));
    plot.x = x;
  }

  function pointAt(plot, event) {
    const at = event.clientX - plot.picture.getBoundingClientRect().left;
    let best;
    points.forEach((point, index) => {
      if (best === undefined || Math.abs(plot.x(point[0]) - at) < Math.abs(plot.x(points[best][0]) - at)) best = index;
    });
    return best;
  }

  for (const plot of plots) {
    plot.figure = byId(plot.id);
    plot.title = plot.figure.querySelector('figcaption').firstChild.textContent.trim();
    plot.picture = svg('svg', {role: 'img', 'aria-label': plot.title});
    plot.readout = element('p', 'readout');
    plot.figure.append(plot.picture, plot.readout);
    const move = at => {
      plot.at = at;
      draw(plot);
    };
    plot.picture.addEventListener('pointermove', event => move(pointAt(plot, event)));
    plot.picture.addEventListener('pointerleave', () => move(undefined));
    plot.figure.addEventListener('blur', () => move(undefined));
    plot.figure.addEventListener('keydown', event => {
      const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
      if (step && points.length) {
        event.preventDefault();
        move(Math.max(0, Math.min(points.length - 1, (plot.at === undefined ? points.length : plot.at) + step)));
      }
    });
    new ResizeObserver(() => draw(plot)).observe(plot.figure);
  }

  function showPoints(more) {
    const newest = more[more.length - 1][0];
    // After the clock was set back, points in the future are removed.
    points = points.filter(point => point[0] <= newest);
    const last = points.length ? points[points.length - 1][0] : 0;
    const added = more.filter(point => point[0] > last);
    points = points.concat(added);
    const before = points.length;
    points = points.filter(point => point[0] >= points[points.length - 1][0] - MINUTES * 60000);
    const left = before - points.length;
    for (const plot of plots) {
      if (plot.at !== undefined) plot.at = Math.max(0, plot.at - left);
      draw(plot);
    }
  }

  // ---- connection

  const filter = document.querySelector('.filter');
  let source = null;
  let timer = 0;

  function connected(isConnected) {
    root.classList.toggle('lost', !isConnected);
    if (!isConnected) {
      setText(document.querySelector('[data-text="state"]'), 'No connection');
      setText(document.querySelector('[data-text="reason"]'), 'reconnecting; the numbers are the last ones received');
    }
  }

  function connect() {
    if (source) source.close();
    source = new EventSource('/events?' + new URLSearchParams(new FormData(filter)));
    source.addEventListener('message', event => {
      const news = JSON.parse(event.data);
      if (news.instance && news.instance !== instance) {
        // Another process, with its own numbers of outcomes and its own token.
        source.close();
        location.reload();
        return;
      }
      connected(true);
      showState(news);
      showLabels(news.labels, Boolean(news.instance));
      if (news.points) showPoints(news.points);
      if (news.deadLetters) showDeadLetters(news.deadLetters);
      showBackfills(news.backfills);
    });
    source.addEventListener('error', () => {
      connected(false);
      // The browser reconnects by itself, unless the server refused the request.
      if (source.readyState === EventSource.CLOSED) {
        clearTimeout(timer);
        timer = setTimeout(connect, 5000);
      }
    });
  }

  filter.addEventListener('submit', event => {
    event.preventDefault();
    applyFilter();
  });
  filter.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(applyFilter, 300);
  });

  function applyFilter() {
    const query = new URLSearchParams(new FormData(filter));
    history.replaceState(null, '', '?' + query + location.hash);
    connect();
  }

  connect();
})();
