#![no_main]

libfuzzer_sys::fuzz_target!(
    init: {
        // The exchange crate catches panics of the Parquet library; the fuzzer's own hook would
        // end the process before it can. A panic that is not caught still ends it.
        std::panic::set_hook(Box::new(|_| {}));
    },
    |data: &[u8]| fuzz::parquet(data)
);
