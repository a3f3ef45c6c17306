//! The program: everything is in the library, see `intaked::cli`.

/// The daemon makes and drops a great many small strings on few threads; see Cargo.toml.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    intaked::cli::main()
}
