"""Every setting with its default, unit and meaning; flags > `MMI_*` environment > `mmi.yaml` > defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """The settings of a run; one object, made once, handed down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # --- engines
    ocr: str = Field("rapidocr", description="OCR engine: `rapidocr`, `easyocr`, `none`, or one a plug-in registers.")
    ocr_mode: Literal["auto", "always", "never"] = Field(
        "auto",
        description="When PDF pages are read by OCR: where the text layer is missing or broken, always, or never.",
    )
    speech: str = Field(
        "faster-whisper", description="Speech engine: `faster-whisper`, `openai-whisper`, `none`, or a plug-in's."
    )
    speech_model: str = Field(
        "base", description="Whisper size of the catalogue (`base`, `tiny.en`, …) or a folder with a model."
    )
    speech_language: str | None = Field(None, description="ISO 639-1 code of the speech; detected when not given.")
    diarization: str = Field(
        "campplus",
        description="Engine that tells the voices of a recording apart where they share a track: `campplus`, `none`, or a plug-in's.",
    )
    speakers: int = Field(
        0, ge=0, le=50, description="People who speak in each recording (`--speakers`); 0: their number is found."
    )
    embedding: str = Field(
        "minilm", description="Text embedding engine: `minilm`, `sentence-transformers`, `none`, or a plug-in's."
    )
    embedding_model: str = Field(
        "all-MiniLM-L6-v2", description="Model of the catalogue, or a folder, for the embedding engine."
    )
    image_tags: str = Field(
        "efficientnet-lite0",
        description="Engine that names what is seen on pictures: `efficientnet-lite0`, `none`, or a plug-in's.",
    )
    joint_embedding: str = Field(
        "none",
        description="Engine for texts and pictures in one space, for `mmi embed` and `mmi search`: `none`, `sentence-transformers`, or "
        "a plug-in's.",
    )
    joint_model: str = Field(
        "clip-ViT-B-32",
        description="CLIP-class model for it: a folder by its name in `models_dir`, or by its path.",
    )
    vision: str = Field(
        "none",
        description="Model that looks at pictures and describes them: `none`, `openai` (the server of `openai_base_url`), or a plug-in's.",
    )
    vision_model: str = Field("default", description="Model name sent to that server with each picture.")
    language_model: str = Field(
        "llama-cpp", description="Language model engine: `llama-cpp`, `openai`, `none`, or a plug-in's."
    )
    language_model_path: str = Field(
        "qwen2.5-coder-1.5b-instruct-q4_k_m", description="Model of the catalogue, or a GGUF file, for `llama-cpp`."
    )
    openai_base_url: str = Field("http://127.0.0.1:8080/v1", description="Base URL of an OpenAI-compatible server.")
    openai_model: str = Field("default", description="Model name sent to the OpenAI-compatible server.")
    openai_api_key: str | None = Field(
        None,
        repr=False,
        description="Key of that server. Only from the environment (`MMI_OPENAI_API_KEY`); never shown.",
    )
    allow_remote: bool = Field(False, description="Allow engines to send content to hosts other than this machine.")
    context_tokens: int = Field(8192, ge=1024, description="Context window of the local language model, tokens.")
    prompt_tokens: int = Field(
        1800,
        ge=256,
        description="Most tokens of a file that the language model is shown; of longer files passages are chosen.",
    )
    models_dir: Path = Field(
        default_factory=lambda: Path.home() / ".cache" / "mmi" / "models", description="Folder with model weights."
    )
    threads: int = Field(0, ge=0, description="Threads of each engine in a worker; 0: cores divided by workers.")

    calibration: Path | None = Field(
        None,
        description="File of `mmi calibrate` (`--calibration`): confidences are mapped to what your own labelled files speak for.",
    )

    # --- reading
    passwords: tuple[str, ...] = Field(
        (),
        repr=False,
        description="Passwords tried on encrypted files (`--password`, or `MMI_PASSWORDS` as a JSON list); never shown.",
    )
    ocr_dpi: int = Field(
        200, ge=72, le=600, description="Resolution at which PDF pages are drawn for OCR, dots per inch."
    )
    figure_dpi: int = Field(
        200, ge=72, le=600, description="Resolution at which figures of PDF pages are cut out, dots per inch."
    )
    max_figures: int = Field(1_000, ge=0, description="Most figures of a file that are listed and cut out.")
    max_figure_looks: int = Field(
        20,
        ge=0,
        description="Most figures of a document that are looked at, for a chart and for what is seen on them; 0: none.",
    )
    max_file_bytes: int = Field(4_000_000_000, ge=1, description="Largest file that is read, bytes.")
    max_pages: int = Field(5_000, ge=1, description="Most pages of a document.")
    max_image_pixels: int = Field(200_000_000, ge=1, description="Most pixels of a picture or video frame.")
    max_media_hours: float = Field(12.0, gt=0, description="Longest audio or video, hours.")
    max_cells: int = Field(5_000_000, ge=1, description="Most cells of a workbook.")
    max_text_chars: int = Field(50_000_000, ge=1, description="Most characters of text of one file.")
    max_unpacked_bytes: int = Field(
        1_000_000_000, ge=1, description="Most bytes that an archive or packed document may unpack to."
    )
    max_unpack_ratio: float = Field(
        100.0, ge=1, description="Highest ratio of unpacked to packed bytes, after the first 10 MB."
    )
    max_archive_entries: int = Field(10_000, ge=1, description="Most entries of an archive.")
    max_depth: int = Field(3, ge=0, description="Deepest nesting of files inside files.")
    shot_threshold: float = Field(27.0, gt=0, description="Content change that makes a cut, PySceneDetect's scale.")
    key_frames_per_shot: int = Field(1, ge=1, le=20, description="Key frames taken from each shot.")
    max_key_frames: int = Field(300, ge=1, description="Most key frames read by OCR in one video.")
    max_segment_questions: int = Field(
        12,
        ge=0,
        description="Segments of a recording (`per` in a schema) that the language model is asked about, those with most words; some "
        "seconds each on two cores. The others say what they say in their own words.",
    )
    sidecars: tuple[str, ...] = Field(
        (),
        description="Files that `mmi run` writes beside the content of each recording and picture (`--sidecars`): `vtt`, `srt`, "
        "`chapters`, `chapter-list`, `ffmetadata`, `csv`, `xmp`.",
    )

    # --- the run
    jobs: int = Field(
        0, ge=0, description="Worker processes; 0: one a core, fewer where memory does not hold the models that often."
    )
    inline: bool = Field(False, description="The same as `runner: inline`: nothing is isolated, for debugging.")
    runner: Literal["processes", "inline", "ray"] = Field(
        "processes",
        description="Where files are done: worker processes of this machine, the program's own process, or actors of a Ray cluster.",
    )
    ray_address: str = Field(
        "",
        description="Ray cluster for `runner: ray`: `host:6379`, `ray://host:10001` or `auto`; empty: `RAY_ADDRESS`, or else this machine.",
    )
    ray_actors: int = Field(0, ge=0, description="Actors of the Ray cluster; 0: as many as it has processors for.")
    ray_cpus_per_actor: float = Field(
        0.0, ge=0, description="Processors that each actor takes, fractions too; 0: as many as an engine has threads."
    )
    ray_gpus_per_actor: float = Field(0.0, ge=0, description="GPUs that each actor takes, fractions too.")
    ray_silence_s: float = Field(
        60.0,
        ge=10,
        description="Seconds without a sign of life after which an actor is lost and its file given to another.",
    )
    worker_memory_bytes: int = Field(
        0,
        ge=0,
        description="Memory at which a worker is stopped, with all the programs it started, bytes (mapped weights do not count); "
        "0: 80 % of the machine's, divided by the workers.",
    )
    timeout_s: float = Field(
        300.0,
        gt=0,
        description="Wall clock of a file and schema, seconds; more for each page and minute, and where neither is known a second "
        "for every 10 kB.",
    )
    timeout_page_s: float = Field(
        30.0, ge=0, description="Seconds that each page, slide or key frame adds to the wall clock of its file."
    )
    timeout_minute_s: float = Field(
        60.0, ge=0, description="Seconds that each minute of sound or video adds to the wall clock of its file."
    )
    stall_s: float = Field(
        300.0,
        gt=0,
        description="Stall clock, seconds: a file that shows no progress for so long (no page, no block of text, no seconds of sound, no "
        "answer of an engine) is given up.",
    )
    recycle_files: int = Field(5000, ge=1, description="Files after which a worker process is replaced by a new one.")
    recycle_memory_bytes: int = Field(
        0,
        ge=0,
        description="Memory that a worker may still hold after a file, bytes; with more it is replaced. 0: half of "
        "`worker_memory_bytes`.",
    )
    max_attempts: int = Field(3, ge=1, description="How often a retryable failure is tried over several runs.")
    fail_on: str = Field(
        "any", description="When failed files give exit code 3: `any`, `never`, or a rate such as `0.05`."
    )
    if_running: Literal["fail", "skip"] = Field(
        "fail",
        description="When another run holds the output: fail with exit code 4, or leave it alone and return 0.",
    )
    follow_interval_s: float = Field(
        5.0, gt=0, description="With `--follow`: seconds between two looks at the folder or container."
    )
    follow_settle_s: float = Field(
        3.0,
        ge=0,
        description="With `--follow`: seconds that a file's size and time must stay as they are before it is read.",
    )
    follow_write_s: float = Field(
        60.0, gt=0, description="With `--follow`: seconds after which the results are written though files keep coming."
    )
    retry_attempts: int = Field(
        7,
        ge=1,
        le=20,
        description="How often a request to blob storage or to an engine's server is sent before it counts as failed; the waits "
        "between grow to half a minute, or are what the server asks for.",
    )
    stop_after_failures: int = Field(
        10,
        ge=0,
        description="Files in a row that fail because storage or an engine's server is down, after which the run stops (exit 4) and "
        "none of them counts as tried; 0: never.",
    )
    checkpoint_s: float = Field(
        60.0,
        gt=0,
        description="Seconds after which the state of a run is copied beside its results, where these are on blob.",
    )
    checkpoint_files: int = Field(
        1000,
        ge=1,
        description="Files after which it is copied, if that is sooner; never more than a tenth of the time goes into it.",
    )
    lease_s: int = Field(
        60, ge=15, le=60, description="Seconds for which a run that died still holds its blob output against others."
    )
    case_folders: Literal["top", "input"] = Field(
        "top",
        description="What is one case of a schema with `unit: folder`: each folder right below the input, or the whole input.",
    )
    fusion: Literal["hybrid", "late", "early"] = Field(
        "hybrid",
        description="How what text, picture, speech and layout say is put together, where the schema says nothing: see docs/fusion.md.",
    )
    sync_every: int = Field(50, ge=1, description="Records after which the journal is flushed to disk with fsync.")
    log_format: Literal["text", "json"] = Field(
        "text", description="Words for people or one JSON object a line, on stderr."
    )
    log_file: Path | None = Field(
        None, description="File to which the log is appended in place of stderr; may be rotated at any time."
    )
    quiet: bool = Field(False, description="Say nothing but errors.")
    cache: Literal["on", "refresh", "off"] = Field(
        "on",
        description="Whether what was dear to read or to ask is kept for later runs: `refresh` keeps but believes nothing kept before "
        "(as `--fresh` does), `off` does neither (`--no-cache`).",
    )
    cache_dir: Path = Field(
        default_factory=lambda: Path.home() / ".cache" / "mmi" / "cache",
        description="Folder of what is kept; holds text of your files, readable by you alone, and may be deleted at any time.",
    )
    content_cache_bytes: int = Field(
        2_000_000_000,
        ge=0,
        description="Most bytes of contents that are kept, those that were not used for longest go first; 0: none.",
    )
    answer_cache_bytes: int = Field(
        500_000_000, ge=0, description="Most bytes of answers of the language model that are kept; 0: none."
    )

    @property
    def is_inline(self) -> bool:
        """Whether files are done in the program's own process, by either name of it."""
        return self.inline or self.runner == "inline"
