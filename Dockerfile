# The tool itself. Run it on the project in the current directory:
#   docker build -t lambdatui .
#   docker run -it -v "$PWD:/work" lambdatui
# Namespaces (a /tmp of each environment's own) need rights that a container lacks by default: add
#   --security-opt seccomp=unconfined --security-opt apparmor=unconfined --cap-add SYS_ADMIN
# Without them everything runs, and the screen says what is not isolated.
# BASE may be any image with Python 3.11 or newer; functions run on the Python of the image.
ARG BASE=python:3.12-slim-bookworm
FROM ${BASE}

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore PYTHONDONTWRITEBYTECODE=1

WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY sample_events sample_events
COPY examples examples
COPY lambdatui lambdatui
# A virtual environment, because a distribution's own Python refuses to be installed into.
RUN python3 -m venv /opt/lambdatui \
    && /opt/lambdatui/bin/pip install --constraint constraints.txt . \
    && ln -s /opt/lambdatui/bin/lambdatui /usr/local/bin/lambdatui \
    && rm -rf /src

ENV TERM=xterm-256color COLORTERM=truecolor
WORKDIR /work
ENTRYPOINT ["lambdatui"]
